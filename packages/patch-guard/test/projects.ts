import type { Language } from '../src/language.ts';
import { csharp } from './projects/csharp.ts';
import { go } from './projects/go.ts';
import { java } from './projects/java.ts';
import { javascript } from './projects/javascript.ts';
import { kotlin } from './projects/kotlin.ts';
import { php } from './projects/php.ts';
import type { Project } from './projects/project.ts';
import { python } from './projects/python.ts';
import { ruby } from './projects/ruby.ts';
import { rust } from './projects/rust.ts';

export const PROJECTS = { javascript, python, java, kotlin, go, rust, ruby, csharp, php } as const satisfies Record<
  Language,
  Project
>;

/** Tests in other frameworks and styles than those of the sample projects: path, file, and what is done to it. */
export interface OtherStyle {
  readonly path: string;
  readonly text: string;
  readonly hostile: Readonly<Record<string, readonly (readonly [string, string])[]>>;
  readonly honest: Readonly<Record<string, readonly (readonly [string, string])[]>>;
}

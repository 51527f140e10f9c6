import * as z from 'zod';

/** What the executors of a Spark application should have; null: as it is. */
export const ExecutorSize = z
  .strictObject({
    memoryMb: z.number().int().min(512).max(1_048_576).nullable(),
    cores: z.number().int().min(1).max(256).nullable(),
  })
  .refine(({ memoryMb, cores }) => memoryMb !== null || cores !== null, 'Name a memory, cores or both');
export type ExecutorSize = z.infer<typeof ExecutorSize>;

/** Settings of Spark as its owner keeps them: a JSON object of names and values. Other settings than those of executors are kept. */
const SparkSettings = z.record(z.string(), z.unknown());
const MEMORY = 'spark.executor.memory';
const CORES = 'spark.executor.cores';

/** The settings with this size, or null where the text is no JSON object. Names stay in their order. */
export function withSize(text: string, { memoryMb, cores }: ExecutorSize): string | null {
  const settings = SparkSettings.safeParse(jsonOf(text));
  if (!settings.success) return null;
  return JSON.stringify({
    ...settings.data,
    ...(memoryMb === null ? {} : { [MEMORY]: `${memoryMb}m` }),
    ...(cores === null ? {} : { [CORES]: String(cores) }),
  });
}

/** Whether the settings have this size already, in whatever unit memory is written. */
export function hasSize(text: string, { memoryMb, cores }: ExecutorSize): boolean {
  const settings = SparkSettings.safeParse(jsonOf(text));
  if (!settings.success) return false;
  const { [MEMORY]: memory, [CORES]: count } = settings.data;
  return (memoryMb === null || megabytesOf(String(memory)) === memoryMb) && (cores === null || Number(count) === cores);
}

/** `8g`, `8GB`, `8 GiB`, `8192m`, `8192` (megabytes, as Spark reads a bare number); null for anything else. */
export function megabytesOf(text: string): number | null {
  const [, number, unit = 'm'] = /^(\d{1,7}(?:\.\d{1,3})?) ?(?:([kmgt])(?:i?b)?)?$/i.exec(text.trim()) ?? [];
  const factor = { k: 1 / 1024, m: 1, g: 1024, t: 1024 * 1024 }[unit.toLowerCase()];
  const megabytes = factor === undefined ? Number.NaN : Number(number) * factor;
  return Number.isInteger(megabytes) ? megabytes : null;
}

/** `8192 MB of memory and 2 cores`. */
export const sizeWords = ({ memoryMb, cores }: ExecutorSize): string =>
  [
    ...(memoryMb === null ? [] : [`${memoryMb} MB of memory`]),
    ...(cores === null ? [] : [cores === 1 ? '1 core' : `${cores} cores`]),
  ].join(' and ');

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The files of this checkout, as the house tests see them: what git tracks, or would track, with their text. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Lists the files of the checkout, ignored ones left out, by paths relative to its root. */
export function listFiles(): readonly string[] {
  const answer = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  return [...new Set(answer.split('\0'))].filter((file) => file !== '' && existsSync(root + file)).sort();
}

export function readText(file: string): string {
  return readFileSync(root + file, 'utf8');
}

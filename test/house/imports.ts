/**
 * Reads imports and judges them by layers.ts. Works on a map of file texts, so that the test can show it failing.
 */
import { posix } from 'node:path';
import { LAYERS, PACKAGES, SIMULATOR_DOORS, TESTS_ONLY, type Layer } from './layers.ts';

export interface Import {
  readonly from: string;
  /** A path in the repository for a relative import, else the module's name. */
  readonly to: string;
  readonly kind: 'static' | 'dynamic' | 're-export';
}

const STATIC = /^(import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm;
const BARE = /^import\s*['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]/g;

function resolve(from: string, specifier: string): string {
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : specifier;
}

/** Finds every import of one file, type imports included. */
export function importsOf(from: string, text: string): readonly Import[] {
  const found: Import[] = [];
  for (const [, word, specifier = ''] of text.matchAll(STATIC)) {
    found.push({ from, to: resolve(from, specifier), kind: word === 'export' ? 're-export' : 'static' });
  }
  for (const [, specifier = ''] of text.matchAll(BARE))
    found.push({ from, to: resolve(from, specifier), kind: 'static' });
  for (const [, specifier = ''] of text.matchAll(DYNAMIC))
    found.push({ from, to: resolve(from, specifier), kind: 'dynamic' });
  return found;
}

function inside(file: string, folder: string): boolean {
  return file === folder || file.startsWith(`${folder}/`);
}

function layerOf(file: string): Layer | undefined {
  const around = LAYERS.filter(({ folder }) => inside(file, folder));
  return around.sort((a, b) => b.folder.length - a.folder.length)[0];
}

function isTest(file: string): boolean {
  return file.endsWith('.test.ts') || TESTS_ONLY.some((folder) => inside(file, folder));
}

function judgeOutside({ from, to }: Import, layer: Layer): string | null {
  if (isTest(from)) return null;
  if (to.startsWith('node:') && layer.builtins !== undefined) {
    return layer.builtins.includes(to) ? null : `${layer.folder} may not, because ${layer.because}`;
  }
  const folders = PACKAGES[to];
  if (folders === undefined) return 'it has no line in PACKAGES of test/house/layers.ts';
  return folders.some((folder) => inside(from, folder)) ? null : `only ${folders.join(', ')} may`;
}

function judgeInside({ from, to, kind }: Import, layer: Layer): string | null {
  const target = layerOf(to);
  const wall = `${layer.folder} may not, because ${layer.because}`;
  if (target === undefined) return `${to} lies in no layer of test/house/layers.ts`;
  if (layer.folder === 'simulators' && target !== layer) return wall;
  if (isTest(from)) return null;
  if (isTest(to)) return `${TESTS_ONLY.join(', ')} and tests are imported by tests alone`;
  if (target === layer) return null;
  if (target.folder === 'simulators') {
    return SIMULATOR_DOORS.includes(from) && kind === 'dynamic' ? null : 'src never imports simulators';
  }
  return layer.may.includes('*') || layer.may.includes(target.folder) ? null : wall;
}

/** Judges one import; null: allowed. */
function judge(found: Import): string | null {
  const layer = layerOf(found.from);
  if (layer === undefined) return `${found.from} lies in no layer of test/house/layers.ts`;
  if (found.kind === 're-export') return 'a file exports only what it holds: no barrels';
  return /^(src|simulators)\//.test(found.to) ? judgeInside(found, layer) : judgeOutside(found, layer);
}

/** Lists every import that breaks a rule, as `file → file: reason`. */
export function violations(files: ReadonlyMap<string, string>): readonly string[] {
  const broken = [...files.keys()]
    .filter((file) => posix.basename(file) === 'index.ts')
    .map((file) => `${file}: no barrels`);
  for (const [file, text] of files) {
    for (const found of importsOf(file, text)) {
      const reason = judge(found);
      if (reason !== null) broken.push(`${found.from} → ${found.to}: ${reason}`);
    }
  }
  return broken;
}

/** Lists import cycles, each once, as `a → b → a`. */
export function cycles(files: ReadonlyMap<string, string>): readonly string[] {
  const done = new Set<string>();
  const found: string[] = [];
  function visit(file: string, path: readonly string[]): void {
    if (path.includes(file)) {
      found.push([...path.slice(path.indexOf(file)), file].join(' → '));
      return;
    }
    if (done.has(file)) return;
    for (const { to } of importsOf(file, files.get(file) ?? '')) if (files.has(to)) visit(to, [...path, file]);
    done.add(file);
  }
  for (const file of files.keys()) visit(file, []);
  return found;
}

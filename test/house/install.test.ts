/** What a fresh machine meets: a lock file without addresses, exact versions, and no file that names where it was made. */
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { listFiles, readText, root } from './checkout.ts';

interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

function manifest(file: string): Manifest {
  return JSON.parse(readText(file)) as Manifest;
}

/** Hosts of package registries: the public ones, spelt in parts, and the one this machine uses. */
function registryHosts(): readonly string[] {
  const configured = execFileSync('npm', ['config', 'get', 'registry'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return [
    new URL(configured.trim()).hostname,
    ['registry', 'npmjs', 'org'].join('.'),
    ['registry', 'yarnpkg', 'com'].join('.'),
  ];
}

describe('C9: install', () => {
  test('the lock file holds no download address', () => {
    const lock = readText('package-lock.json');
    expect(lock).toContain('"integrity"');
    expect(lock.match(/"resolved": "(?!file:|scripts\/)[^"]*"/g) ?? []).toEqual([]);
  });

  test('the lock file holds every optional package it names, or a clean install refuses it', () => {
    const { packages } = JSON.parse(readText('package-lock.json')) as { packages: Readonly<Record<string, Manifest>> };
    const held = (at: string, name: string) =>
      `node_modules/${name}` in packages || `${at}/node_modules/${name}` in packages;
    const missing = Object.entries(packages).flatMap(([at, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => !held(at, name)),
    );
    expect(missing).toEqual([]);
  });

  test.each(['package.json', 'scripts/runtime/package.json'])('%s pins every version exactly', (file) => {
    const { dependencies, devDependencies, optionalDependencies } = manifest(file);
    const pins = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
    expect(pins.length).toBeGreaterThan(0);
    expect(pins.filter(([, version]) => !/^(\d+\.\d+\.\d+(-[\w.]+)?|file:.+)$/.test(version))).toEqual([]);
  });

  test('no install script runs, and none is waited for', () => {
    expect(readText('.npmrc')).toMatch(/^ignore-scripts=true$/m);
    expect(readText('.npmrc')).toMatch(/^omit-lockfile-registry-resolved=true$/m);
    const names = Object.keys(manifest('package.json').scripts ?? {});
    expect(names.filter((name) => /^(pre|post)\w|^prepare$|^install$/.test(name))).toEqual([]);
  });

  test('no file names a package registry or a path of this machine', () => {
    const outside = root.startsWith(tmpdir()) ? [] : [root];
    const forbidden = [...registryHosts(), ...outside];
    const naming = listFiles().filter((file) => forbidden.some((text) => readText(file).includes(text)));
    expect(naming).toEqual([]);
  });
});

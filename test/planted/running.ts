/** Bugs of what is installed and of how a process that died is met. */
import type { PlantedBug } from './planted-bug.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'C9-packages-may-run-code-when-installed',
    file: '.npmrc',
    find: 'ignore-scripts=true',
    replace: 'ignore-scripts=false',
    caughtBy: { file: 'test/house/install.test.ts', test: 'C9: install no install script runs' },
  },
  {
    name: 'C9-an-unclean-stop-is-not-looked-into',
    file: 'src/store/sqlite/open.ts',
    find: 'if (unclean) checkIntegrity(raw, file);',
    replace: '',
    caughtBy: { file: 'src/store/sqlite/open.test.ts', test: 'C9: an unclean stop' },
  },
];

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoreSetting, StoreUnderTest } from '../../testing/describe-store-kit.ts';
import { describeStore } from '../../testing/describe-store.ts';
import type { Store } from '../store.ts';
import { openSqliteStore } from './open.ts';

const sqlite: StoreUnderTest = {
  async open(setting) {
    const folder = mkdtempSync(join(tmpdir(), 'concord-store-'));
    const file = join(folder, 'concord.db');
    const opened: Store[] = [];
    const another = async (how: StoreSetting): Promise<Store> => {
      const store = await openSqliteStore({ file, ...how });
      opened.push(store);
      return store;
    };
    const store = await another(setting);
    return {
      store,
      file,
      another,
      async reopen(how) {
        await store.close();
        return another(how);
      },
      async close() {
        for (const one of opened) await one.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
};

describeStore('SQLite', sqlite);

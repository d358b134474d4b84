/** The simulated account in a process of its own: it must not feel what befalls the program that reads it. */
import process from 'node:process';
import { startSimulators } from '../../simulators/main.ts';

const [contacts = '5000', seed = '1'] = process.argv.slice(2);
const simulators = await startSimulators({ contacts: Number(contacts), seed: Number(seed), quota: null });
process.stdout.write(`${JSON.stringify(simulators.ready)}\n`);
// Ends with the script that started it, however that ends.
process.stdin.on('end', () => void simulators.close()).resume();

import { parentPort, workerData } from 'node:worker_threads';
import { packNights } from './packed-nights.ts';
import { readNights } from './read-nights.ts';

const { nights, skipped } = readNights(workerData as readonly string[]);
parentPort?.postMessage({ packed: packNights(nights), skipped });

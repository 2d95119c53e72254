// Fails when the built scripts together are larger than the budget: the page is opened on old phones and slow networks.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const BUDGET_KB = 180;
const dist = new URL('../dist/', import.meta.url).pathname;

const scripts = readdirSync(dist, { recursive: true }).filter((name) => /\.m?js$/.test(name));
if (scripts.length === 0) {
  console.error('No script in dist/: run "npm run build" first.');
  process.exit(1);
}
let total = 0;
for (const name of scripts) {
  const bytes = gzipSync(readFileSync(join(dist, name)), { level: 9 }).length;
  total += bytes;
  console.log(`${(bytes / 1024).toFixed(1).padStart(7)} KB  ${name}`);
}
const totalKb = total / 1024;
console.log(`${totalKb.toFixed(1).padStart(7)} KB  all script, gzipped (budget ${BUDGET_KB} KB)`);
if (totalKb > BUDGET_KB) {
  console.error('Above the budget.');
  process.exit(1);
}

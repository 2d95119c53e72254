// Fails when the scripts the citizen's page loads are together larger than the budget: old phones and slow networks open it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const BUDGET_KB = 180;
const ENTRY = 'index.html';
const dist = new URL('../dist/', import.meta.url).pathname;

const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));
const chunks = new Set();
const follow = (name) => {
  if (chunks.has(name)) return;
  chunks.add(name);
  for (const next of [...(manifest[name].imports ?? []), ...(manifest[name].dynamicImports ?? [])]) follow(next);
};
follow(ENTRY);

let total = 0;
for (const { file } of [...chunks].map((name) => manifest[name])) {
  const bytes = gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;
  total += bytes;
  console.log(`${(bytes / 1024).toFixed(1).padStart(7)} KB  ${file}`);
}
const totalKb = total / 1024;
console.log(`${totalKb.toFixed(1).padStart(7)} KB  script of the citizen's page, gzipped (budget ${BUDGET_KB} KB)`);
if (totalKb > BUDGET_KB) {
  console.error('Above the budget.');
  process.exit(1);
}

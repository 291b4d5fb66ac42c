// Runs recorded programs: node kernel_runs.mjs JOBS RESULTS
// JOBS: a JSON file, [{module, steps, noise, parameters: [[…], …], map: {i, us, j, vs}?}, …]. RESULTS: for each job and
// each of its rows of parameters the columns one after the other as 64-bit floats; what was said at the end is printed
// as JSON, and for each map its kinds.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [jobs, results] = process.argv.slice(2);
const parts = [];
const said = [];
for (const { module, steps, noise, parameters, map } of JSON.parse(readFileSync(jobs, "utf-8"))) {
  const kernel = await import(pathToFileURL(module).href);
  for (const p of parameters) {
    const run = kernel.simulate(Float64Array.from(p), steps, noise && Float64Array.from(noise));
    for (const name of ["x", "y", "loss", "grad_x", "grad_y", ...kernel.columns, "eta"]) parts.push(run[name]);
    const { kind, step, evaluations, last, facts } = run;
    const exact = Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, String(value)]));
    said.push({ kind, step, evaluations, last, facts: exact });
  }
  if (map) {
    const kinds = kernel.map(Float64Array.from(parameters[0]), map.i, map.us, map.j, map.vs, steps, noise);
    said.push(Array.from(kinds, (kind) => kernel.kinds[kind]));
  }
}
writeFileSync(results, Buffer.concat(parts.map((part) => Buffer.from(part.buffer))));
console.log(JSON.stringify(said));

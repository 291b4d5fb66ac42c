// Numbers and sentences as the stage's own files print them.
// node words.mjs <folder of those files> <tasks, JSON> → [text, …]; what JSON cannot hold is a string: "NaN", "Infinity".
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

const [folder, path] = process.argv.slice(2);
/** @param {string} name */
const load = (name) => import(pathToFileURL(join(folder, name)).href);
const { count, point, rounded } = await load("numerals.js");
const { sentence } = await load("sentences.js");

const TASKS = { count, point, rounded, sentence };
const SPECIAL = new Map([["NaN", NaN], ["Infinity", Infinity], ["-Infinity", -Infinity], ["-0", -0]]);

const { phrases, tasks } = JSON.parse(readFileSync(path, "utf8"), (_, value) => SPECIAL.get(value) ?? value);
const texts = tasks.map((/** @type {[keyof typeof TASKS, ...unknown[]]} */ [task, ...values]) =>
  task === "sentence" ? sentence(phrases, ...values) : TASKS[task](...values)
);
process.stdout.write(JSON.stringify(texts));

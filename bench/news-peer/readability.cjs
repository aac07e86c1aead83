// Mozilla Readability over jsdom on the pages given, over and over for some seconds.
//   readability.cjs SECONDS FILE...   prints MB of page bytes per second of processor time
const fs = require('node:fs');
const { Readability } = require('@mozilla/readability');
const { JSDOM, VirtualConsole } = require('jsdom');

const seconds = Number(process.argv[2]);
const pages = process.argv.slice(3).map((f) => fs.readFileSync(f));
const quiet = new VirtualConsole();
const now = () => {
  const used = process.cpuUsage();
  return (used.user + used.system) / 1e6;
};
let bytes = 0;
let reads = 0;
let characters = 0;
const start = now();
while (now() - start < seconds) {
  for (const page of pages) {
    const dom = new JSDOM(page, { virtualConsole: quiet });
    const article = new Readability(dom.window.document).parse();
    characters += article ? article.textContent.length : 0;
    dom.window.close();
    bytes += page.length;
    reads += 1;
  }
}
if (!characters) throw new Error('no page gave a text');
console.log(`${(bytes / (now() - start) / 1e6).toFixed(2)} MB/s, ${reads} pages`);

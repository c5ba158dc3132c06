// Copies what the console's pages need from node_modules into the static folder, and draws the
// named icons into one SVG sprite. No bundler: each part ships as its authors built it.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const vendor = join(here, "..", "src", "regulars", "console", "static", "vendor");

const PARTS = {
  "htmx.min.js": "htmx.org/dist/htmx.min.js",
  "alpine.min.js": "@alpinejs/csp/dist/cdn.min.js",
  "echarts.min.js": "echarts/dist/echarts.min.js",
  "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
};

const ICONS = [
  "adjustments-horizontal", "alert-triangle", "arrow-down", "arrow-left", "arrow-up", "arrows-sort",
  "ban", "building-store", "calendar", "calendar-event", "chart-treemap", "check", "chevron-down",
  "chevron-left", "chevron-right", "chevron-up", "circle-check", "clock", "copy", "database",
  "database-import", "dots", "download", "external-link", "eye", "file-text", "filter", "git-merge",
  "help-circle", "history", "id", "info-circle", "key", "language", "layout-dashboard",
  "list-details", "lock", "logout", "mail", "map-pin", "menu-2", "minus", "moon", "mood-empty",
  "pencil", "phone", "photo", "player-play", "plus", "receipt", "refresh", "search", "send",
  "settings", "shield-lock", "shopping-cart", "sun", "table", "tag", "ticket", "trash", "upload",
  "user", "user-cog", "user-off", "users", "users-group", "wand", "x",
];

rmSync(vendor, { recursive: true, force: true });
mkdirSync(vendor, { recursive: true });
for (const [name, source] of Object.entries(PARTS)) {
  // Source maps are not copied, so the line that names one must go: a browser would ask for it.
  const text = readFileSync(join(modules, source), "utf8");
  writeFileSync(join(vendor, name), text.replace(/\n?(\/\/# |\/\*# )sourceMappingURL=.*$/m, ""));
}
writeFileSync(join(vendor, "icons.svg"), sprite(ICONS));
cpSync(join(modules, "@tabler/icons/LICENSE"), join(vendor, "icons.LICENSE"));
console.log(`${Object.keys(PARTS).length} parts and ${ICONS.length} icons are in ${vendor}`);

function sprite(names) {
  const symbols = names.map((name) => {
    const file = readFileSync(join(modules, "@tabler/icons/icons/outline", `${name}.svg`), "utf8");
    const body = file.match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/\s*\n\s*/g, "");
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" `
      + `stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${body}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

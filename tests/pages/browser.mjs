/** Uses the explorer in Chromium as a new user would, and prints what came of it: browser.mjs TASK URL CHROMIUM [KEY]. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [task, url, executablePath, key] = process.argv.slice(2);
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PATIENCE = 60_000;

/** Views with what is on them once they are drawn. */
const VIEWS = {
  "": "#guide .card:last-child figure > *",
  "#tensor": "#view section:not([hidden]) svg.chart",
  "#advice": "#view section:not([hidden]) svg.chart",
  "#propagation": "#view section:not([hidden]) svg.chart",
  "#training": ".network canvas",
  "#models": "progress",
};

const told = { errors: [], hosts: [] };

async function opened(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && told.errors.push(message.text()));
  page.on("pageerror", (error) => told.errors.push(String(error)));
  page.on("request", (request) => told.hosts.push(new URL(request.url()).host || request.url()));
  return page;
}

async function shown(page, view) {
  await page.goto(`${url}/${view}`);
  await page.waitForSelector(VIEWS[view], { state: "attached" });
}

const field = (page, label) => page.getByLabel(label, { exact: true });

async function complaint(page, label) {
  const input = page.locator("[aria-invalid=true]").and(field(page, label));
  await input.waitFor();
  const places = (await input.getAttribute("aria-describedby")).split(" ");
  return (await Promise.all(places.map((id) => page.locator(`#${id}`).textContent()))).at(-1);
}

const TASKS = {
  async guide(page) {
    await page.goto(`${url}/`);
    // Once more: the first time the server has loaded nothing yet.
    await page.reload();
    await page.waitForSelector(VIEWS[""], { state: "attached" });
    const times = await page.evaluate(() => ({ interactive: performance.getEntriesByType("navigation")[0].domInteractive, drawn: performance.now() }));
    const pictures = await page.locator("#guide figure").evaluateAll((all) => all.map((one) => one.querySelectorAll("svg, canvas").length));
    await page.getByRole("link", { name: "Orthogonal" }).click();
    await page.getByRole("heading", { name: "About orthogonal" }).waitFor();
    const focused = await page.evaluate(() => document.activeElement.textContent);
    await page.goBack();
    await page.getByRole("heading", { name: "Seven schemes" }).waitFor();
    return { times, pictures, focused, title: await page.title() };
  },

  async tensor(page) {
    await page.goto(`${url}/`);
    // By the keyboard alone.
    await page.getByRole("link", { name: "Tensor", exact: true }).focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector("#view section:not([hidden]) svg.chart");
    await field(page, "Scheme").focus();
    await page.keyboard.press("Control+A");
    await page.keyboard.type("glorot_uniform");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("30,20");
    await page.getByRole("heading", { name: "About glorot_uniform" }).waitFor();
    await page.waitForFunction(() => document.querySelector(".command code")?.textContent.includes("30,20"));
    await field(page, "gain").fill("2");
    await page.waitForFunction(() => document.querySelector(".command code")?.textContent.includes("gain=2"));
    const command = await page.locator(".command code").first().textContent();
    await page.getByRole("button", { name: "Copy" }).first().click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    const facts = await page.locator("dl.facts").first().textContent();
    const address = page.url();
    const started = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download" }).click();
    const download = await started;
    const saved = { name: download.suggestedFilename(), bytes: readFileSync(await download.path()).toString("base64") };
    await field(page, "Number type").selectOption("bfloat16");
    await page.getByText("npy cannot hold bfloat16; this is safetensors.").waitFor();
    const held = await page.locator(".command code").first().textContent();
    await field(page, "Shape").fill("30,x");
    const wrong = await complaint(page, "Shape");
    told.errors = told.errors.filter((text) => !text.includes("422"));
    await page.goto(address);
    await page.reload();
    await page.waitForFunction(() => document.querySelector(".command code")?.textContent.includes("gain=2"));
    const again = await page.locator(".command code").first().textContent();
    await page.getByRole("link", { name: "Training", exact: true }).click();
    await page.getByRole("link", { name: "Tensor", exact: true }).click();
    const kept = page.url() === address;
    await page.getByRole("link", { name: "To the content" }).press("Enter");
    const isThere = page.url() === address && (await page.evaluate(() => document.activeElement.id === "main"));
    await field(page, "Scheme").fill("");
    const missing = await complaint(page, "Scheme");
    return { command, held, copied, facts, saved, wrong, again, kept, isThere, missing };
  },

  async advice(page) {
    await shown(page, "#advice");
    await page.getByRole("button", { name: "Linear", exact: true }).click();
    await page.waitForFunction(() => location.hash.includes("layer=Linear&"));
    await page.locator(".answer[aria-busy=false] h3").first().waitFor();
    const complaints = await page.locator("[aria-invalid=true]").count();
    await page.getByLabel("Layer, or code of a network (required)").fill("keras.layers.Dense(256)");
    await field(page, "Shape of its weight").fill("784,256");
    await field(page, "Activation after it").fill("selu");
    await field(page, "What it starts at now").fill("normal?std=1");
    await page.getByRole("heading", { name: "Take lecun_normal" }).waitFor();
    await page.waitForFunction(() => /What you have\s*reject/.test(document.querySelector(".answer").innerText));
    const layer = await page.locator(".answer").first().innerText();
    await field(page, "Activation after it").fill("no such thing");
    const wrong = await complaint(page, "Activation after it");
    told.errors = told.errors.filter((text) => !text.includes("422"));
    await page.getByLabel("Layer, or code of a network (required)").fill("nn.Sequential(\n  nn.Linear(784, 256), nn.ReLU(),\n  nn.Linear(256, 10))");
    for (const label of ["Activation after it", "Shape of its weight", "What it starts at now", "Layers of the network"]) await field(page, label).fill("");
    await page.getByRole("heading", { name: "2 layers" }).waitFor();
    await page.getByRole("link", { name: "All tensors in one file" }).click();
    await page.getByRole("heading", { name: /203,530 parameters in 4 tensors/ }).waitFor();
    return { layer, wrong, complaints };
  },

  async propagation(page) {
    await shown(page, "#advice");
    await page.getByRole("link", { name: "Propagation", exact: true }).click();
    await field(page, "Schemes, one a line").fill("he_normal\nglorot_normal\nnormal?std=1");
    await field(page, "Layers").fill("12");
    await field(page, "Units of each layer").fill("32");
    await page.waitForFunction(() => document.querySelectorAll("section:not([hidden]) table tbody tr").length === 3);
    const rows = await page.locator("section:not([hidden]) table tbody tr").evaluateAll((all) => all.map((one) => [...one.cells].map((cell) => cell.innerText)));
    const lines = await page.locator("section:not([hidden]) polyline.series").count();
    const ends = await page.locator("section:not([hidden]) svg.chart").first().evaluate((chart) => [...chart.querySelectorAll("text")].map((one) => one.textContent));
    await field(page, "Schemes, one a line").fill("normal?std=0.000001\nnormal?std=100");
    await page.waitForFunction(() => document.querySelectorAll("section:not([hidden]) table tbody tr").length === 2);
    const best = await page.locator("section:not([hidden]) p[role=status]").first().textContent();
    await field(page, "Schemes, one a line").fill("he_normal\nno_such_scheme");
    const wrong = await complaint(page, "Schemes, one a line");
    told.errors = told.errors.filter((text) => !text.includes("422"));
    return { rows, lines, wrong, ends, best };
  },

  async training(page) {
    await shown(page, "#training");
    await page.getByRole("button", { name: "One step" }).click();
    await page.getByText("step 1,").first().waitFor();
    const histogram = () => page.locator(".network svg.layer path").first().getAttribute("d");
    const before = await histogram();
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await page.waitForFunction(() => document.querySelector(".network .badge").textContent === "has learnt", null, { timeout: 180_000 });
    await page.getByRole("button", { name: "Pause" }).click();
    const verdicts = await page.locator(".network").evaluateAll((all) => all.map((one) => [one.getAttribute("aria-label"), one.querySelector(".badge").textContent]));
    const hasMoved = before !== (await histogram());
    const shapes = [];
    page.on("request", (request) => request.url().includes("/weights/keras") && shapes.push(new URL(request.url()).searchParams.get("shape")));
    await field(page, "Scheme 2").fill("keras.initializers.HeNormal");
    await page.locator(".network[aria-label='keras.initializers.HeNormal'] .badge").waitFor();
    await field(page, "Scheme 2").fill("no_such_scheme");
    const wrong = await complaint(page, "Scheme 2");
    told.errors = told.errors.filter((text) => !text.includes("404"));
    return { verdicts, hasMoved, wrong, shapes, said: await page.locator("section:not([hidden]) p[role=status]").first().textContent() };
  },

  async models(page) {
    await shown(page, "#models");
    await page.getByRole("button", { name: "a config.json" }).click();
    await page.getByRole("heading", { name: /parameters in 21 tensors/ }).waitFor();
    const started = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download model.safetensors" }).click();
    const download = await started;
    const header = readFileSync(await download.path());
    await page.getByText("Saved").waitFor();
    const command = await page.locator(".command code").first().textContent();
    await field(page, "Or paste").fill("{");
    const wrong = await complaint(page, "Or paste");
    await field(page, "Or paste").fill("");
    await field(page, "Published model").fill("resnet-18");
    await page.getByRole("heading", { name: /^11,[0-9,]+ parameters/ }).waitFor();
    // So slowly that it is cut off on its way.
    const network = await page.context().newCDPSession(page);
    await network.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: 1e6, uploadThroughput: 1e6 });
    await page.getByRole("button", { name: "Download model.safetensors" }).click();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("Cancelled").waitFor();
    return { bytes: header.toString("base64"), command, wrong };
  },

  async accessible(page, browser) {
    const found = [];
    for (const options of [{}, { colorScheme: "dark", viewport: { width: 360, height: 740 } }]) {
      const other = await opened(browser, { ...options, bypassCSP: true });
      for (const view of Object.keys(VIEWS)) {
        await shown(other, view);
        await other.evaluate(AXE);
        const { violations } = await other.evaluate(() => axe.run({ resultTypes: ["violations"] }));
        const width = await other.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (width > 0) found.push(`${view}: is ${width} pixels wider than the window`);
        for (const { id, impact, nodes } of violations) found.push(`${view} ${options.colorScheme ?? "light"}: ${impact} ${id}: ${nodes.slice(0, 3).map((node) => `${node.html} ${node.failureSummary}`).join("\n")}`);
      }
    }
    return { found };
  },

  async key(page) {
    await page.goto(`${url}/#tensor`);
    await field(page, "API key").fill("not-the-key-of-anyone");
    await page.getByRole("button", { name: "Use it" }).click();
    await page.getByText("This server wants a key.").first().waitFor();
    await field(page, "API key").fill(key);
    await page.keyboard.press("Enter");
    await page.waitForSelector("#view section:not([hidden]) svg.chart");
    told.errors = told.errors.filter((text) => !text.includes("401"));
    const kept = await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie, location.href]);
    return { kept, command: await page.locator(".command code").first().textContent(), isAsked: await field(page, "API key").isVisible() };
  },
};

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-quic", "--disable-background-networking"] });
try {
  const page = await opened(browser, { permissions: ["clipboard-read", "clipboard-write"] });
  const result = await TASKS[task](page, browser);
  console.log(JSON.stringify({ ...told, ...result }));
} finally {
  await browser.close();
}

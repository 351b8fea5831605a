// Opens a page in headless Chromium and waits until the editor in it underlines something. See README.md.
//
//     node browser.mjs URL SELECTOR SCREENSHOT [SCRIPT]
//
// SCRIPT is a module whose default export gets the page afterwards.
import puppeteer from "puppeteer-core";

const [url, selector, screenshot, script] = process.argv.slice(2);
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
  defaultViewport: { width: 1400, height: 900 },
});
try {
  const page = await browser.newPage();
  await page.goto(url, { waitUntil: "domcontentloaded", timeout: 120_000 });
  await page.waitForSelector(selector, { timeout: 180_000 });
  const found = await page.$$eval(selector, (nodes) => nodes.map((node) => node.textContent));
  console.log(`underlined: ${JSON.stringify(found)}`);
  if (script !== undefined) {
    const more = await import(new URL(script, `file://${process.cwd()}/`));
    await more.default(page);
  }
  await page.screenshot({ path: screenshot });
} catch (error) {
  console.error(`FAILED: ${error}`);
  for (const page of await browser.pages()) {
    await page.screenshot({ path: screenshot }).catch(() => {});
  }
  process.exitCode = 1;
} finally {
  await browser.close();
}

// After the squiggle: the inlay hints, the hover and the fix in code-server.
const wait = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

async function text(page, selector) {
  return page.$$eval(selector, (nodes) => nodes.map((node) => node.textContent.replaceAll("\u00a0", " ")).join("\n"));
}

async function until(page, what, condition) {
  for (let tries = 0; tries < 60; tries++) {
    if (await condition()) {
      console.log(what);
      return;
    }
    await wait(0.5);
  }
  throw new Error(`${what} did not come`);
}

export default async function (page) {
  await until(page, "the inlay hints", async () => (await text(page, ".view-lines")).includes("→ (batch, 50)"));
  await page.hover(".squiggly-error");
  await until(page, "the hover", async () => (await text(page, ".monaco-hover")).includes("needs (batch, time, features)"));
  const place = await (await page.$(".squiggly-error")).boundingBox();
  await page.mouse.click(place.x + 3, place.y + 3);
  await page.keyboard.down("Control");
  await page.keyboard.press(".");
  await page.keyboard.up("Control");
  await until(page, "the menu", async () => (await text(page, ".action-widget")).includes("Add return_sequences=True"));
  await page.keyboard.press("Enter");
  await until(page, "the fix", async () => (await text(page, ".view-lines")).includes("return_sequences=True") && (await page.$(".squiggly-error")) === null);
}

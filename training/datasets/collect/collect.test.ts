import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fc, test as propertyTest } from "@fast-check/vitest";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Mishap, mishaps, replayingService } from "../../testing/replaying-service.ts";
import { type Collect, collectBy } from "./collect.ts";
import type { Patience } from "./web.ts";

const noon = new Date("2026-11-21T12:00:00Z");
const patience: Patience = { seconds: 0.5, tries: 4, pauseSeconds: () => 0 };

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "falconry-collect-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** Three pages and two resources, joined. */
function collector(url: string): Collect {
  return async (web) => {
    const pages = [];
    for (const page of [1, 2, 3]) pages.push(await web.query(`${url}/pages`, { page }));
    return { pages, pads: await web.get(`${url}/pads`), cores: await web.get(`${url}/cores`) };
  };
}

const answer = (path: string, body: string) => (path === "/missing" ? undefined : { path, ...(body && { asked: JSON.parse(body) }) });
const whole = {
  pages: [1, 2, 3].map((page) => ({ path: "/pages", asked: { page } })),
  pads: { path: "/pads" },
  cores: { path: "/cores" },
};

async function collected(collect: Collect, folder: string, now = noon): Promise<unknown> {
  return JSON.parse(await readFile(await collectBy(collect, folder, { now: () => now, patience }), "utf8"));
}

/** Never as many in a row as there are tries, and silence, which takes a while, once at most. */
const trouble = fc.array(fc.option(fc.constantFrom(...mishaps), { freq: 3, nil: undefined }), { maxLength: 12 }).filter((all) => {
  const inARow = all.map((one) => (one === undefined ? " " : "x")).join("");
  return !inARow.includes("xxxx") && all.filter((one) => one === "silence").length <= 1;
});

propertyTest.prop([trouble], { numRuns: 12 })(
  "whatever befalls requests in passing, the document is the same, and each answer is used once",
  async (befalls) => {
    const left: (Mishap | undefined)[] = [...befalls];
    const service = await replayingService(answer, () => left.shift());
    expect(await collected(collector(service.url), await emptyFolder())).toEqual(whole);
    expect(service.answered).toHaveLength(5);
  },
);

describe("a collection that was cut short", () => {
  test("goes on behind what it has", async () => {
    let isDown = false;
    const service = await replayingService(answer, () => (isDown ? "503" : undefined));
    const folder = await emptyFolder();
    const cut: Collect = async (web) => {
      await web.query(`${service.url}/pages`, { page: 1 });
      isDown = true;
      return web.query(`${service.url}/pages`, { page: 2 });
    };
    await expect(collected(cut, folder)).rejects.toMatchObject({ code: "collect.unreachable", message: expect.stringContaining("503") });
    isDown = false;
    expect(await collected(collector(service.url), folder)).toEqual(whole);
    expect(service.answered.filter((request) => request.includes('"page":1'))).toHaveLength(1);
  });

  test("is begun anew after a day", async () => {
    const service = await replayingService(answer);
    const folder = await emptyFolder();
    const cut: Collect = async (web) => {
      await web.query(`${service.url}/pages`, { page: 1 });
      throw new Error("killed");
    };
    await expect(collected(cut, folder)).rejects.toThrow("killed");
    await collected(collector(service.url), folder, new Date(noon.getTime() + 25 * 3_600_000));
    expect(service.answered.filter((request) => request.includes('"page":1'))).toHaveLength(2);
  });
});

test("the next collection takes what has not changed from the last one, and the same answers make the same document", async () => {
  let pads = "old";
  const service = await replayingService((path, body) => (path === "/pads" ? { path, pads } : answer(path, body)));
  const folder = await emptyFolder();
  await collected(collector(service.url), folder);
  pads = "new";
  const later = new Date(noon.getTime() + 1000);
  expect(await collected(collector(service.url), folder, later)).toMatchObject({ pads: { pads: "new" } });
  expect(service.answered.slice(5).filter((request) => request.startsWith("GET"))).toEqual(["GET /pads", "GET /cores 304"]);
});

test("what a service refuses is not asked for again", async () => {
  const service = await replayingService(answer);
  const asking = collected((web) => web.get(`${service.url}/missing`), await emptyFolder());
  await expect(asking).rejects.toMatchObject({ code: "collect.refused", message: `${service.url}/missing was refused: 404 Not Found` });
});

test("what has not changed, though nothing was had before, is a refusal", async () => {
  const service = await replayingService(answer, () => "304");
  await expect(collected((web) => web.get(`${service.url}/pads`), await emptyFolder())).rejects.toMatchObject({
    code: "collect.refused",
    message: `${service.url}/pads was refused: 304 Not Modified`,
  });
});

test("where nobody can be reached, it is said why", async () => {
  await expect(collected((web) => web.get("http://127.0.0.1:1/pads"), await emptyFolder())).rejects.toMatchObject({
    code: "collect.unreachable",
    message: expect.stringMatching(/ECONNREFUSED|bad port/),
  });
});

test("where nobody answers, the last reason is said", async () => {
  const service = await replayingService(answer, () => "silence");
  await expect(collected((web) => web.get(`${service.url}/pads`), await emptyFolder())).rejects.toMatchObject({
    code: "collect.unreachable",
    message: expect.stringContaining("timed out"),
  });
});

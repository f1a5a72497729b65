import { expect, it } from "vitest";
import type { DeskAlert } from "../lib/model";
import { voided } from "./voided.svelte";

const approval = { account: "releasing-1", revision: "aaaa", t_utc: "", until_utc: "" };
const alert = (more: Partial<DeskAlert>) => ({ id: "A", revision: "aaaa", approval: null, message: "proposed", messages: [], ...more }) as unknown as DeskAlert;

it("tells of an approval that fell because the picture changed, until somebody approves again", () => {
  const [approved, changed] = [alert({ approval }), alert({ revision: "bbbb" })];
  voided.look([alert({})], [approved]);
  expect(voided.of(approved)).toBeNull();
  voided.look([approved], [changed]);
  expect(voided.of(changed)?.account).toBe("releasing-1");
  const again = alert({ revision: "bbbb", approval: { ...approval, revision: "bbbb" } });
  voided.look([changed], [again]);
  expect(voided.of(again)).toBeNull();
});

it("says nothing of an approval that became a message", () => {
  const approved = alert({ id: "B", approval });
  const sent = alert({ id: "B", message: "released", messages: [{}] as DeskAlert["messages"] });
  voided.look([approved], [sent]);
  expect(voided.of(sent)).toBeNull();
});

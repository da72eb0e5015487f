import { describe, expect, test } from "vitest";
import { NamespaceTable, NO_NAMESPACE } from "../../src/dossier/namespace-table.js";
import { namespace } from "../support/examples.js";

const plan = { ...namespace, step_id: "plan" };
const tasks = { ...namespace, step_id: "tasks" };
const other = { ...namespace, feature_slug: "021-audit-log" };

describe.each(["mission", "step"] as const)("a table of namespaces, in the scope %s", (scope) => {
  test("counts them from 1, each once, whatever comes in between", () => {
    const table = new NamespaceTable(scope);
    const given = [namespace, namespace, plan, { ...plan }, other, namespace, plan, tasks];
    expect(given.map((json) => table.indexOf(json))).toEqual([1, 1, 2, 2, 3, 1, 2, 4]);
    expect(table.all).toEqual([namespace, plan, other, tasks]);
    expect([1, 2, 3, 4].map((index) => table.at(index))).toEqual([...table.all]);
  });

  test("finds them again in any order", () => {
    const table = new NamespaceTable(scope);
    const given = [namespace, plan, other, namespace, other, plan, namespace, plan, other];
    expect(given.map((json) => table.indexOf(json))).toEqual([1, 2, 3, 1, 3, 2, 1, 2, 3]);
  });

  test("tells apart what differs in every field, and in one only", () => {
    const table = new NamespaceTable(scope);
    const changed = Object.entries(plan).map(([field, value]) => [field, `${value}-2`]);
    const everything = { ...plan, ...Object.fromEntries(changed) };
    const ones = changed.map(([field, value]) => ({ ...plan, [String(field)]: value }));
    const given = [plan, everything, plan, ...ones];
    expect(given.map((json) => table.indexOf(json))).toEqual([1, 2, 1, 3, 4, 5, 6, 7, 8]);
    expect(table.findGroup(everything)).toBe(1);
  });

  test("takes a step that is null for one that is absent, and not for an empty one", () => {
    const table = new NamespaceTable(scope);
    const given = [namespace, { ...namespace, step_id: null }, { ...namespace, step_id: "" }];
    expect(given.map((json) => table.indexOf(json))).toEqual([1, 1, 2]);
    expect([...given].reverse().map((json) => table.indexOf(json))).toEqual([2, 1, 1]);
    expect(table.at(1)).toStrictEqual(namespace);
  });

  test("keeps no unknown field, and no namespace that was given", () => {
    const table = new NamespaceTable(scope);
    const given = { ...plan, colour: "red" };
    expect(table.indexOf(given)).toBe(1);
    expect(table.at(1)).toEqual(plan);
    expect(table.indexOf(plan)).toBe(1);
  });

  test("finds the group of one that is there, and of one that would belong to it", () => {
    const table = new NamespaceTable(scope);
    expect(table.findGroup(plan)).toBeUndefined();
    table.indexOf(plan);
    table.indexOf(other);
    // The last one is found without looking it up; the others are not.
    expect([plan, other, tasks].map((json) => table.findGroup(json))).toEqual([
      0,
      1,
      scope === "mission" ? 0 : undefined,
    ]);
    expect(table.findGroup({ ...namespace, target_branch: "other" })).toBeUndefined();
    expect(table.all).toHaveLength(2);
  });

  test("has groups by what the scope compares, counted from 0 as they come", () => {
    const table = new NamespaceTable(scope);
    const groups = [plan, other, tasks, namespace].map((json) =>
      table.groupOf(table.indexOf(json)),
    );
    expect(groups).toEqual(scope === "mission" ? [0, 1, 0, 0] : [0, 1, 2, 3]);
  });

  test.each([NO_NAMESPACE, -1, 2])("has none of the index %o", (index) => {
    const table = new NamespaceTable(scope);
    table.indexOf(namespace);
    const expected = new RangeError(`there is no namespace ${index}`);
    expect(() => table.at(index)).toThrow(expected);
    expect(() => table.groupOf(index)).toThrow(expected);
  });
});

test("a namespace that is forgotten leaves its group, if others are in it, and takes it along else", () => {
  const table = new NamespaceTable("mission");
  const mission = (feature_slug: string, step_id: string) => ({
    ...namespace,
    feature_slug,
    step_id,
  });
  table.indexOf(mission("a", "plan"));
  for (const forgotten of [mission("a", "tasks"), mission("b", "plan")]) {
    table.indexOf(forgotten);
    table.shrink(1);
    expect(table.all).toEqual([mission("a", "plan")]);
  }
  expect(table.findGroup(mission("a", "tasks"))).toBe(0);
  expect(table.findGroup(mission("b", "plan"))).toBeUndefined();
  expect(table.groupOf(table.indexOf(mission("c", "plan")))).toBe(1);
});

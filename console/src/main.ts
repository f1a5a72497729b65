import "./lib/theme.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { watch } from "./lib/state.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("the page has no #app");

// What the page holds, for whoever looks at it with the browser's own tools: a copy, and nothing can be changed by it
const held = () => structuredClone({ ...watch.live, desk: watch.deskNow, stale: watch.stale, worker: watch.worker });
Object.defineProperty(window, "vedette", { value: Object.freeze({ held }) });

export default mount(App, { target });

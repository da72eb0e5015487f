// Makes one event deadly: whoever reads it is gone, as after a crash in native code.
const { parse } = JSON;
JSON.parse = (/** @type {string} */ text, /** @type {never} */ ...more) => {
  if (text.includes("kills its reader")) {
    process.kill(process.pid, "SIGKILL");
  }
  return parse(text, ...more);
};

// The query editor: the one from the npm registry where it was built, else the plain text field.

import { terms } from "/static/app.js";

const form = document.getElementById("editor");
const field = document.getElementById("query");
const share = document.getElementById("share");

let editor = { get: () => field.value, set: (text) => { field.value = text; } };

if (form.dataset.editor) {
  const { edit } = await import(form.dataset.editor);
  editor = edit(field, { complete: terms, run: () => form.requestSubmit() });
} else {
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
}

form.addEventListener("submit", () => { field.value = editor.get(); });
document.getElementById("examples").addEventListener("change", (event) => {
  if (event.target.value) editor.set(event.target.value);
});
if (share) {
  share.hidden = !navigator.clipboard;
  share.addEventListener("click", async () => {
    await navigator.clipboard.writeText(location.href);
    document.getElementById("shared").textContent = "The link was copied.";
  });
}

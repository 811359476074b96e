// Pictures to take away as PNG: a button with `data-png`, the address of an SVG, and `data-name`, the name of the file.

const SCALE = 2;

async function take({ png, name }) {
  const text = await (await fetch(png)).text();
  const picture = new Image();
  picture.src = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = picture.naturalWidth * SCALE;
  canvas.height = picture.naturalHeight * SCALE;
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(picture.src);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await new Promise((done) => canvas.toBlob(done, "image/png")));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

// Shows the buttons of a part of the page, which do nothing without a script.
export function offer(part) {
  for (const button of part.querySelectorAll("button[data-png]")) {
    button.hidden = false;
    button.addEventListener("click", () => take(button.dataset));
  }
}

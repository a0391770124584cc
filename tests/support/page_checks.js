({
  // Every text in view against what is painted behind it (WCAG 2.1, 1.4.3): 4.5 to 1, large text 3 to 1.
  poorContrast() {
    const canvas = document.createElement("canvas").getContext("2d");
    const numbers = (text) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = text;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    const light = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
    const behind = (node) => {
      for (let at = node; at; at = at.parentElement) {
        const back = numbers(getComputedStyle(at).backgroundColor);
        if (back[3] === 255) return back;
      }
      return [255, 255, 255];
    };
    const poor = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const text = walk.currentNode.data.trim(), node = walk.currentNode.parentElement;
      if (!text || /SCRIPT|STYLE|OPTION/.test(node.tagName) || !node.checkVisibility()) continue;
      const style = getComputedStyle(node), size = parseFloat(style.fontSize);
      const [high, low] = [light(numbers(style.color)), light(behind(node))].sort((x, y) => y - x);
      const ratio = (high + 0.05) / (low + 0.05);
      const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
      if (ratio < (large ? 3 : 4.5)) poor.push(`${node.tagName}.${node.className} ${ratio.toFixed(2)}: ${text.slice(0, 40)}`);
    }
    return poor;
  },

  nameless() {
    const named = (node) =>
      node.getAttribute("aria-label") || node.getAttribute("alt") || node.textContent.trim() || node.labels?.[0]?.textContent.trim();
    const all = [...document.querySelectorAll("button, input, select, a, img, summary, dialog")];
    return all.filter((node) => !named(node) && !node.matches("dialog img")).map((node) => node.outerHTML.slice(0, 120));
  },

  beyond(width) {
    const all = [...document.querySelectorAll("body *")].filter((node) => node.checkVisibility() && !node.closest(".sr, .skip"));
    return all.filter((node) => node.getBoundingClientRect().right > width + 1).map((node) => node.outerHTML.slice(0, 120));
  },

  shown() {
    return [...document.querySelectorAll(".clip:not([hidden]) h2")].map((title) => title.textContent.trim());
  },

  // Milliseconds until what `act` changed is painted.
  async timed(act) {
    const began = performance.now();
    act();
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return performance.now() - began;
  },
})

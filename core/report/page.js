"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const home = $("clips"), clips = [...home.querySelectorAll(".clip")];
  const texts = clips.map((clip) => clip.textContent.toLowerCase());
  const index = new Map(clips.map((clip, at) => [clip, at]));
  const search = $("search"), sort = $("sort"), box = $("box"), nothing = $("nothing");
  const filters = [...document.querySelectorAll("[data-filter]")];
  let filter = "all", order = clips, shown = clips, pictured = null;

  function show() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    shown = order.filter((clip) => {
      const text = texts[index.get(clip)];
      const fits = (filter === "all" || clip.dataset.level === filter) && words.every((word) => text.includes(word));
      clip.hidden = !fits;
      return fits;
    });
    const all = clips.length, many = shown.length;
    $("count").textContent = many === all ? `${all.toLocaleString("en")} ${all === 1 ? "clip" : "clips"}` : `${many.toLocaleString("en")} of ${all.toLocaleString("en")}`;
    nothing.hidden = many > 0 || all === 0;
  }

  const number = (key) => (a, b) => Number(b.dataset[key]) - Number(a.dataset[key]);
  const text = (key) => (a, b) => (a.dataset[key] || "~").localeCompare(b.dataset[key] || "~", "en", { numeric: true });
  const rank = { refused: 0, warning: 1, idle: 2, ok: 3 };
  const sorts = {
    n: (a, b) => a.dataset.n - b.dataset.n, shot: text("shot"), tc: text("tc"), bytes: number("bytes"), frames: number("frames"),
    when: number("when"), level: (a, b) => rank[a.dataset.level] - rank[b.dataset.level],
  };

  function arrange() {
    order = [...clips].sort((a, b) => sorts[sort.value](a, b) || a.dataset.n - b.dataset.n);
    const all = document.createDocumentFragment();
    all.append(...order);
    home.insertBefore(all, nothing);
    show();
  }

  function press(name) {
    filter = name;
    for (const button of filters) button.setAttribute("aria-pressed", String(button.dataset.filter === name));
    show();
  }

  function enlarge(clip) {
    const picture = clip && clip.querySelector(".thumb img");
    if (!picture) return;
    pictured = clip;
    const large = box.querySelector("img");
    large.src = picture.src;
    large.alt = picture.alt;
    box.querySelector("p").textContent = `${picture.alt} ${clip.querySelector(".version")?.textContent ?? ""}`;
    if (!box.open) box.showModal();
  }

  function step(by) {
    const pictures = shown.filter((clip) => clip.querySelector(".thumb img"));
    const at = pictures.indexOf(pictured);
    enlarge(pictures[(at + by + pictures.length) % pictures.length]);
  }

  function move(by) {
    const at = shown.indexOf(document.activeElement.closest?.(".clip"));
    const next = shown[at < 0 ? (by > 0 ? 0 : shown.length - 1) : Math.min(shown.length - 1, Math.max(0, at + by))];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  }

  search.addEventListener("input", show);
  sort.addEventListener("change", arrange);
  for (const button of filters) button.addEventListener("click", () => press(button.dataset.filter));
  $("reset").addEventListener("click", () => { search.value = ""; press("all"); search.focus(); });
  home.addEventListener("click", (event) => {
    const thumb = event.target.closest("button.thumb");
    if (thumb) enlarge(thumb.closest(".clip"));
  });
  box.addEventListener("click", (event) => {
    const by = event.target.dataset?.step;
    if (by) step(Number(by)); else if (event.target === box || "close" in (event.target.dataset ?? {})) box.close();
  });
  box.addEventListener("close", () => pictured?.querySelector("button.thumb")?.focus({ preventScroll: true }));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (box.open) {
      if (event.key === "ArrowLeft") step(-1);
      if (event.key === "ArrowRight") step(1);
      return;
    }
    if (/^(INPUT|SELECT)$/.test(event.target.tagName)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "/") { event.preventDefault(); search.focus(); }
    if (event.key === "j") move(1);
    if (event.key === "k") move(-1);
    if (event.key === "Enter" && event.target.matches?.(".clip")) {
      event.preventDefault(); // else the same press works the button that gets the focus
      enlarge(event.target);
    }
  });

  const root = document.documentElement;
  const keep = (theme) => { try { localStorage.setItem("ramses-plates-theme", theme); } catch { /* files may have no storage */ } };
  try { root.dataset.theme = localStorage.getItem("ramses-plates-theme") ?? ""; } catch { /* as above */ }
  $("theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    keep(root.dataset.theme);
  });
  if (location.hash.startsWith("#q=")) search.value = decodeURIComponent(location.hash.slice(3));
  if (sort.value !== "n") arrange(); else show();
})();

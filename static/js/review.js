/* Keyboard and small comforts of the desks: J/K or arrows, V confirms, T returns; chips fill the reason; choose the whole page.
   Every act is a plain link or button of the page; without script all of it still works. */
(() => {
  "use strict";
  const desk = () => document.getElementById("ban-xet");
  const find = (selector) => desk()?.querySelector(selector) || null;
  const isTyping = (element) => element.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog") !== null;

  // ---------- keys ----------
  const step = (where) => find(`[data-step="${where}"]`)?.click();
  const keys = {
    j: () => step("following"),
    k: () => step("previous"),
    ArrowDown: () => step("following"),
    ArrowUp: () => step("previous"),
    v: () => find('[data-decision] [data-key="v"]')?.click(),
    t: () => find("[data-reason]")?.focus(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.repeat || isTyping(event.target)) return;
    const act = keys[event.key] || keys[event.key.toLowerCase()];
    if (!act || !desk()) return;
    // Arrows scroll where the reader is inside the papers.
    if (event.key.startsWith("Arrow") && event.target.closest(".rv-d")) return;
    event.preventDefault();
    act();
  });

  // ---------- reasons ----------
  document.addEventListener("change", (event) => {
    const reason = event.target.closest('input[name="ly-do"]');
    if (!reason) return;
    const text = reason.form.querySelector("[data-reason]");
    if (!text) return;
    const canned = [...reason.form.querySelectorAll('input[name="ly-do"]')].map((one) => one.value);
    const own = canned.reduce((rest, one) => rest.replace(one, ""), text.value).trim();
    text.value = own ? `${reason.value} ${own}` : reason.value;
    text.focus();
  });

  // ---------- choosing several ----------
  const count = () => {
    const picked = document.querySelectorAll('input[name="chon"]:checked').length;
    document.querySelectorAll("[data-picked]").forEach((place) => { place.textContent = picked ? `(${picked})` : ""; });
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick-all]")) {
      document.querySelectorAll('input[name="chon"]:not(:disabled)').forEach((box) => { box.checked = event.target.checked; });
    }
    if (event.target.matches('[data-pick-all], input[name="chon"]')) count();
  });

  // ---------- papers that this person added here are seen ----------
  document.addEventListener("ntm:papers", (event) => {
    const mark = find("[data-papers-mark]");
    if (mark && typeof event.detail.mark === "string") mark.value = event.detail.mark;
  });

  // ---------- the next item came ----------
  const settle = () => {
    find('.rvl [aria-current="true"]')?.scrollIntoView({ block: "nearest" });
    count();
  };
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id !== "ban-xet" && event.detail.elt?.id !== "ban-xet") return;
    settle();
    const field = find('[aria-invalid="true"]');
    const problem = field || find('[role="alert"]');
    const head = find("#muc-dang-mo");
    if (problem) problem.scrollIntoView({ block: "center" });
    // What is decided next is read from its name on, wherever the page stood before.
    else document.getElementById("ban-xet")?.scrollIntoView({ block: "start" });
    if (problem) problem.focus?.();
    else head?.focus({ preventScroll: window.innerWidth > 900 });
    const name = head?.textContent.trim();
    if (name) document.dispatchEvent(new CustomEvent("ntm:announce", { detail: { text: `Đang mở: ${name}` } }));
  });
  settle();
})();

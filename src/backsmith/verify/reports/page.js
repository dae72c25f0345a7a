
const form = document.querySelector("form");
const rules = [...document.querySelectorAll("section[data-rule]")];
function filter() {
  const text = form.text.value.trim().toLowerCase();
  const verdicts = new Set([...form.querySelectorAll("input[name=verdict]:checked")].map((box) => box.value));
  let count = 0;
  for (const rule of rules) {
    const shown = verdicts.has(rule.dataset.verdict) && (!text || rule.textContent.toLowerCase().includes(text));
    rule.hidden = !shown;
    count += shown;
  }
  document.querySelector("output").value = `${count} of ${rules.length} rules`;
}
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
form.hidden = false;
filter();

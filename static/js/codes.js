// Offers the codes that fit while somebody types: fills the list of the field from the page of codes.
for (const field of document.querySelectorAll("input[data-codes]")) {
  let waiting = 0;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const typed = field.value;
      const answer = await fetch(`${field.dataset.codes}?daftar=1&q=${encodeURIComponent(typed)}`);
      if (answer.ok && typed === field.value) field.list.innerHTML = await answer.text();
    }, 200);
  });
}

// Betters what already works: nothing here is needed.
(() => {
  // The reader's zone, so that the next page says times in it.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  if (zone && !document.cookie.includes('ebb-zone=')) {
    document.cookie = `ebb-zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax${location.protocol === 'https:' ? '; secure' : ''}`
  }
  // A button that was pressed is not pressed twice.
  document.addEventListener('submit', (e) => {
    const pressed = e.submitter
    if (e.target.method !== 'post' || !pressed) return
    setTimeout(() => { pressed.disabled = true })
    addEventListener('pageshow', () => { pressed.disabled = false }, { once: true })
  })
  // "All" ticks what stands below it.
  document.addEventListener('change', (e) => {
    if (!e.target.matches('[data-all]')) return
    for (const box of document.querySelectorAll(`input[type=checkbox][name="${e.target.dataset.all}"]`)) box.checked = e.target.checked
  })
})()

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
  // A reviewer's list: what is ticked for many is seen on each, and keys do what
  // buttons do.
  const desk = document.querySelector('[data-desk]')
  if (!desk) return
  const boxes = (at) => at.querySelectorAll('input[name=line]')
  desk.addEventListener('change', (e) => {
    const box = e.target
    if (box.matches('[data-everything]')) for (const b of desk.querySelectorAll('.pick')) b.checked = box.checked
    else if (box.matches('[data-group]')) for (const b of boxes(box.closest('section'))) b.checked = box.checked
    if (!box.matches('.pick') || box.checked) return
    // One that is not meant takes back what meant it with others.
    desk.querySelector('[data-everything]').checked = false
    const group = box.closest('section')?.querySelector('[data-group]')
    if (group) group.checked = false
  })
  const help = document.querySelector('[data-keys]')
  const off = document.querySelector('[data-keys-off]')
  help.hidden = false
  off.checked = localStorage.getItem('ebb-keys') === 'off'
  off.addEventListener('change', () => localStorage.setItem('ebb-keys', off.checked ? 'off' : 'on'))
  const lines = () => [...desk.querySelectorAll('[data-line]')]
  const go = (by) => {
    const all = lines()
    const at = all.indexOf(document.activeElement.closest?.('[data-line]'))
    const to = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by]
    to?.focus()
    to?.scrollIntoView({ block: 'nearest' })
  }
  const press = (name) => {
    const line = document.activeElement.closest?.('[data-line]')
    const button = line?.querySelector(`button[name=${name}]`)
    if (!button) return
    go(1)
    button.click()
  }
  const keys = {
    j: () => go(1),
    k: () => go(-1),
    c: () => press('certify'),
    d: () => press('deny'),
    u: () => press('clear'),
    x: () => document.activeElement.closest?.('[data-line]')?.querySelector('input[name=line]')?.click(),
    '/': () => document.getElementById('search').focus(),
    '?': () => { help.open = true; help.querySelector('summary').focus() },
  }
  document.addEventListener('keydown', (e) => {
    if (off.checked || e.ctrlKey || e.metaKey || e.altKey || !keys[e.key]) return
    if (e.target.matches('textarea, select, input:not([type=checkbox])')) return
    e.preventDefault()
    keys[e.key]()
  })
  // A line that came anew keeps the place of the keys.
  document.addEventListener('htmx:afterSwap', (e) => {
    if (document.activeElement === document.body) document.getElementById(e.detail.target.id)?.focus()
  })
})()

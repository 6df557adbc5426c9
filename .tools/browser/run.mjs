// Walks the journeys through the real house in a real browser:
//
//	node .tools/browser/run.mjs FOLDER_OF_JOURNEYS [NAME...]
//
// Each journey gets a house of its own: `ebb run` with its simulated Slack on
// free ports of this machine and in a temporary folder, both gone afterwards. A
// journey is a module whose default export is a function of what `stage` below
// holds; it throws when something is not as it should be. Whatever a page logs as
// an error, and whatever axe finds wrong with a page that is photographed, fails it.
// Pictures go to .build/browser (EBB_SHOTS); with EBB_PICTURES=1, those that lie in
// the journeys' folder pictures are made anew.
import { execFileSync, spawn } from 'node:child_process'
import { copyFileSync, readFileSync, readdirSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'

const root = resolve(import.meta.dirname, '../..')
const shots = resolve(process.env.EBB_SHOTS || join(root, '.build/browser'))
const axe = readFileSync(join(import.meta.dirname, 'node_modules/axe-core/axe.min.js'), 'utf8')
const [folder, ...only] = process.argv.slice(2)

// The console serves htmx as npm has it, and nothing of ours in it.
const htmx = (...at) => readFileSync(join(...at, 'htmx.min.js'), 'utf8')
if (htmx(import.meta.dirname, 'node_modules/htmx.org/dist') !== htmx(root, 'shared/console/static')) {
  throw new Error('shared/console/static/htmx.min.js is not the file of package-lock.json')
}

// abreast is how many journeys are walked at once: they wait more than they work.
const abreast = 2

// largest is how many bytes a picture that documents show may have.
const largest = 140_000

// Sizes at which each page is looked at: a laptop's, and a small telephone's.
const wide = { width: 1280, height: 800 }
const narrow = { width: 360, height: 740 }

const free = () => new Promise((done, fail) => {
  const s = createServer().once('error', fail).listen(0, '127.0.0.1', () => {
    const { port } = s.address()
    s.close(() => done(port))
  })
})

// house starts one and waits until it is ready.
async function house() {
  const dir = mkdtempSync(join(tmpdir(), 'ebb-browser-'))
  const [at, sim] = [await free(), await free()]
  const child = spawn(join(root, '.build/ebb'), ['run', '--dir', join(dir, 'ebb'), '--listen', `127.0.0.1:${at}`, '--sim-listen', `127.0.0.1:${sim}`, '--for', '10m'])
  let said = ''
  const ended = new Promise((done) => child.once('exit', done))
  child.stderr.on('data', (d) => { said += d })
  const end = async () => {
    if (child.exitCode === null) child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), 10000)
    await ended
    clearTimeout(late)
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    await new Promise((done, fail) => {
      child.stdout.on('data', (d) => { said += d; if (/^ready$/m.test(said)) done() })
      child.once('error', fail)
      child.once('exit', () => fail(new Error('the house did not start')))
      setTimeout(() => fail(new Error('the house was not ready after 60 s')), 60000).unref()
    })
  } catch (e) {
    await end()
    throw new Error(`${e.message}\n${said}`)
  }
  return { url: `http://127.0.0.1:${at}/`, slack: `http://127.0.0.1:${sim}/`, dir: join(dir, 'ebb'), said: () => said, end }
}

// look photographs a page at both sizes and holds it against axe; nothing may
// stick out at the side of a telephone; with dark, the same in dark colours. except names axe's rules that a page breaks
// knowingly. A page that loads itself anew is stopped before, and looked at again
// if it did so all the same.
async function look(page, name, { except = [], dark = false } = {}) {
  const wrong = []
  const looks = [[wide, '', 'light'], [narrow, '-narrow', 'light'], ...dark ? [[wide, '-dark', 'dark'], [narrow, '-narrow-dark', 'dark']] : []]
  for (const [size, suffix, colorScheme] of looks) {
    await page.emulateMedia({ colorScheme })
    for (let tries = 3; ; tries--) {
      try {
        wrong.push(...await judged(page, size, `${name}${suffix}`, except))
        break
      } catch (e) {
        if (tries === 1 || !/context was destroyed|navigat/i.test(e.message)) throw e
        await page.waitForLoadState()
      }
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(wide)
  if (wrong.length) throw new Error(`${name}: ${wrong.join('\n  ')}`)
}

async function judged(page, size, file, except) {
  await page.waitForLoadState() // with its styles
  await page.evaluate(() => window.stop())
  await page.setViewportSize(size)
  await page.screenshot({ path: join(shots, `${file}.png`) })
  const wrong = []
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  if (over > 0) wrong.push(`${over} px stick out at ${size.width} px`)
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(axe)
  const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ['violations'], preload: false }))
  for (const v of violations.filter((v) => !except.includes(v.id))) {
    wrong.push(`${v.id} at ${size.width} px: ${v.help}: ${v.nodes.map((n) => n.html).slice(0, 2).join(' ')}`)
  }
  return wrong
}

// slackOf calls the simulated Slack's API past Ebb, as the owner who installed it.
function slackOf(h) {
  const { Tokens } = JSON.parse(readFileSync(join(h.dir, 'slack.json'), 'utf8'))
  const token = Tokens.find((t) => !t.Bot && !t.Revoked && t.Scopes.includes('usergroups:write'))?.Value
  return async (method, args = {}) => {
    const body = await (await fetch(`${h.slack}api/${method}`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: new URLSearchParams(args) })).json()
    if (!body.ok) throw new Error(`${method}: ${body.error}`)
    return body
  }
}

// eventually looks until what it is given is so, for twenty seconds.
async function eventually(what, so) {
  for (const end = Date.now() + 20000; ;) {
    if (await so()) return
    if (Date.now() > end) throw new Error(`after 20 s still not: ${what}`)
    await new Promise((done) => setTimeout(done, 100))
  }
}

async function walk(browser, file) {
  const h = await house()
  const errors = []
  const open = []
  try {
    // A person each: what one does in Slack, another sees in another window.
    const person = async ({ script = true } = {}) => {
      const context = await browser.newContext({ javaScriptEnabled: script, viewport: wide, locale: 'en-GB', timezoneId: 'Europe/Berlin', reducedMotion: 'reduce', colorScheme: 'light' })
      const page = await context.newPage()
      page.setDefaultTimeout(20000)
      open.push(page)
      page.on('pageerror', (e) => errors.push(String(e)))
      // A page that says what was wrong has a status that says so too.
      const said = (m) => /status of 4\d\d/.test(m.text()) && !m.location().url.includes('/static/')
      page.on('console', (m) => { if (m.type() === 'error' && !said(m)) errors.push(`${m.text()} ${m.location().url}`) })
      return page
    }
    const ebb = (as, ...args) => execFileSync(join(root, '.build/ebb'), [...args, '--as', as, '--dir', h.dir, '--url', h.url], { encoding: 'utf8' })
    const policy = (text) => {
      const file = join(h.dir, 'policy.yaml')
      writeFileSync(file, text)
      return ebb('admin', 'policy', 'publish', file)
    }
    const report = (...args) => {
      const out = join(h.dir, 'report')
      execFileSync(join(root, '.build/ebb'), ['report', '--quiet', '--out', out, ...args])
      return pathToFileURL(join(out, 'report.html')).href
    }
    const expect = (true_, what) => { if (!true_) throw new Error(what) }
    await (await import(pathToFileURL(file))).default({ house: h.url, link: h.said().match(/http\S+\/signin\/first\S+/)?.[0], window: `${h.slack}window/`, person, look, ebb, policy, slack: slackOf(h), report, eventually, expect })
    if (errors.length) throw new Error(`a page complained: ${errors.join('; ')}`)
  } catch (e) {
    for (const [i, page] of open.entries()) await page.screenshot({ path: join(shots, `failed-${basename(file, '.mjs')}-${i + 1}.png`) }).catch(() => {})
    e.message += `\n  what each person saw last is in failed-${basename(file, '.mjs')}-*.png; the house said:\n${h.said().replace(/^/gm, '    ')}`
    throw e
  } finally {
    for (const page of open) await page.context().close()
    await h.end()
  }
}

// kept are the pictures that documents show: each has to be one that the journeys
// make. With EBB_PICTURES they are made anew.
function kept() {
  const to = join(resolve(folder), 'pictures')
  let wrong = 0
  for (const name of readdirSync(to)) {
    const from = join(shots, name)
    const size = statSync(from, { throwIfNoEntry: false })?.size
    if (!size || size > largest) {
      wrong++
      console.log(`FAILED  pictures/${name}: ${size ? `${size} bytes, over ${largest}` : 'no journey makes it'}`)
    } else if (process.env.EBB_PICTURES) {
      copyFileSync(from, join(to, name))
    }
  }
  return wrong
}

rmSync(shots, { recursive: true, force: true }) // what is looked at is of this run
mkdirSync(shots, { recursive: true })
const browser = await chromium.launch({
  executablePath: execFileSync('sh', ['-c', 'command -v chromium || command -v google-chrome'], { encoding: 'utf8' }).trim(),
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
})
let failed = 0
try {
  const names = readdirSync(resolve(folder)).filter((f) => f.endsWith('.mjs') && (!only.length || only.some((o) => f.includes(o))))
  const size = (name) => statSync(join(resolve(folder), name)).size
  names.sort((a, b) => size(b) - size(a)) // the longest first, so that none is left alone at the end
  const next = async () => {
    for (let name; (name = names.shift());) {
      const begun = Date.now()
      try {
        await walk(browser, join(resolve(folder), name))
        console.log(`ok      ${name}  ${((Date.now() - begun) / 1000).toFixed(1)} s`)
      } catch (e) {
        failed++
        console.log(`FAILED  ${name}\n  ${e.message}`)
      }
    }
  }
  await Promise.all(Array.from({ length: abreast }, next))
} finally {
  await browser.close()
}
if (!failed && !only.length) failed += kept()
console.log(`pictures in ${shots}`)
process.exit(failed ? 1 : 0)

import { chromium } from 'playwright-core'
import { execSync } from 'node:child_process'
const exe = execSync('command -v chromium || command -v google-chrome', {encoding:'utf8', shell:'/bin/bash'}).trim()
const b = await chromium.launch({ executablePath: exe, args: ['--no-sandbox'] })
const link = process.argv[2], paths = process.argv.slice(3)
const ctx = await b.newContext({ viewport: { width: 1280, height: 800 }, timezoneId: 'Europe/Berlin', colorScheme: process.env.DARK ? 'dark' : 'light' })
const p = await ctx.newPage()
p.on('console', m => { if (m.type() === 'error') console.log('console:', m.text()) })
p.on('pageerror', e => console.log('error:', String(e)))
await p.goto(link); await p.screenshot({ path: '/tmp/shots/00.png' })
console.log(await p.title(), await p.locator('main').innerText())
const btn = p.locator('main button'); if (await btn.count()) { await btn.first().click(); await p.waitForLoadState() }
console.log(p.url())
let i = 1
for (const path of paths) { await p.goto('http://127.0.0.1:8484' + path); await p.screenshot({ path: `/tmp/shots/${String(i).padStart(2,'0')}.png`, fullPage: true }); console.log(i, path, await p.title()); i++ }
await ctx.storageState({ path: '/tmp/shots/state.json' })
await b.close()

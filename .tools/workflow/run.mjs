// Executes a state machine in virtual time: node run.mjs DEFINITION URL START INPUT
//
// Each task posts its payload to URL/STATE with the header x-now (milliseconds)
// and takes the answer, or {"errorType", "errorMessage"} of a status 4xx or
// 5xx, or never answers where the status is 204. x-took in an answer is how
// long the task took. Whenever nothing else happens, the clock jumps to the
// next timer: waits, retry intervals and time-outs are the interpreter's own.
//
// Prints {"status", "error", "now", "states": [names as they were entered]}.
import { readFileSync } from 'node:fs'
import { request } from 'node:http'

const [, , file, url, start, input] = process.argv

let now = Number(start)
let busy = 0 // tasks that are being answered
const timers = new Set()

globalThis.setTimeout = (run, wait = 0) => {
  const timer = { at: now + Math.max(0, wait), run }
  timers.add(timer)
  setImmediate(next)
  return timer
}
globalThis.clearTimeout = (timer) => timers.delete(timer)
const RealDate = Date
globalThis.Date = class extends RealDate {
  constructor(...a) { a.length ? super(...a) : super(now) }
  static now() { return now }
}

function next() {
  if (busy > 0 || timers.size === 0) return
  const timer = [...timers].reduce((a, b) => (b.at < a.at ? b : a))
  timers.delete(timer)
  now = Math.max(now, timer.at)
  timer.run()
  setImmediate(next)
}

function call(state, payload) {
  busy++
  return new Promise((resolve, reject) => {
    const ended = (settle, value) => { busy--; settle?.(value); setImmediate(next) }
    const req = request(`${url}/${state}`, { method: 'POST', headers: { 'x-now': String(now) } }, (res) => {
      let text = ''
      res.on('data', (part) => (text += part))
      res.on('end', () => {
        now += Number(res.headers['x-took'] ?? 0)
        if (res.statusCode === 204) return ended() // it hangs
        const body = JSON.parse(text)
        if (res.statusCode === 200) return ended(resolve, body)
        const err = new Error(body.errorMessage)
        err.name = body.errorType
        ended(reject, err)
      })
    })
    req.on('error', (err) => ended(reject, err))
    req.end(JSON.stringify(payload))
  })
}

const { StateMachine } = await import('aws-local-stepfunctions')
const definition = JSON.parse(readFileSync(file, 'utf8'))
const tasks = Object.keys(definition.States).filter((name) => definition.States[name].Type === 'Task')
const machine = new StateMachine(definition)
const execution = machine.run(JSON.parse(input), {
  overrides: { taskResourceLocalHandlers: Object.fromEntries(tasks.map((name) => [name, (payload) => call(name, payload)])) },
})
const out = { status: 'SUCCEEDED', error: '', states: [] }
const log = (async () => {
  for await (const event of execution.eventLogs) {
    if (event.type.endsWith('StateEntered')) out.states.push(event.state.name)
  }
})()
try {
  await execution.result
} catch (err) {
  out.status = 'FAILED'
  out.error = `${err.name}: ${err.message}`
}
await log
out.now = now
console.log(JSON.stringify(out))

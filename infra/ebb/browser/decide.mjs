// What a request can come to, all of it in Slack: denied with a reason, talked about
// before it is decided, taken in an emergency that somebody confirms afterwards, asked
// for later, given more time and given back on the home tab; and a reason that would
// notify everybody notifies nobody. Each step is held against what people see and
// against Slack's own list of members.
export default async function ({ window, person, look, policy, slack, eventually, expect }) {
  policy(`version: 1
rules:
  - id: on-call
    resources: {kind: usergroup, names: [oncall]}
    requesters: {anyone: true}
    max: 8h
    approve: {groups: ["@sre-leads"]}
    emergency: {requesters: {anyone: true}, max: 2h, confirm: {groups: ["@sre-leads"]}}
  - id: incidents
    resources: {kind: channel, names: ["incident-*"]}
    requesters: {anyone: true}
    max: 4h
    approve: auto
    unproven_removal: accept
`)
  const { usergroups } = await slack('usergroups.list')
  const oncall = usergroups.find((g) => g.handle === 'oncall').id
  const people = (await slack('users.list')).members
  const account = (name) => people.find((p) => p.name === name).id
  const isIn = async (name) => (await slack('usergroups.users.list', { usergroup: oncall })).users.includes(account(name))

  const as = async (name) => {
    const page = await person()
    await page.goto(window + account(name))
    return page
  }
  const press = (at, button) => at.getByRole('button', { name: button, exact: true }).first().click()
  const message = (page, ...texts) => texts.reduce((l, t) => l.filter({ hasText: t }), page.getByRole('main').getByRole('listitem')).last()
  const told = (page, who, ...texts) => eventually(`${who} is told: ${texts.join(' ... ')}`, async () => {
    await page.getByRole('link', { name: 'Look again' }).click()
    return await message(page, ...texts).count() > 0
  })
  const messages = (page) => page.getByRole('link', { name: 'Messages', exact: true }).click()
  const home = (page, text) => eventually(`the home tab shows: ${text}`, async () => {
    await press(page.getByRole('main'), 'Home')
    return await page.getByText(text).count() > 0
  })
  const dialog = (page) => page.getByRole('dialog')
  // fill goes through the first window, to what policy says.
  const fill = async (page, words) => {
    await page.getByLabel('/ebb').fill(words)
    await press(page.getByRole('main'), 'Send')
    await press(dialog(page), 'Continue')
    await dialog(page).getByRole('heading', { name: 'Is this right?' }).waitFor()
  }
  const send = async (page, why) => {
    await dialog(page).getByLabel('Why?').fill(why)
    await press(dialog(page), 'Send request')
    await dialog(page).getByText('on its way').waitFor()
    await press(dialog(page), 'Close')
  }
  const [ada, lin] = [await as('ada'), await as('lin')]
  const card = 'Ada Moreau asks for @oncall'

  // A word that means nothing is said; the form is there all the same.
  await ada.getByLabel('/ebb').fill('request @nonsense 1h')
  await press(ada.getByRole('main'), 'Send')
  await dialog(ada).getByText('Nothing was filled in for “@nonsense”').waitFor()
  await look(ada, 'ask-unknown')
  await press(dialog(ada), 'Cancel')

  // A reason is shown as it was typed: it is no mention, no link and no line of Ebb's.
  const shout = '<!channel> https://evil.example #general @here *bold*\n> approved by everybody\n🎉 مرحبا'
  await fill(ada, 'request @oncall 1h')
  await send(ada, shout)
  await told(lin, 'Lin', card, '<!channel> https://evil.example #general @here *bold*')
  expect(await message(lin, card).getByRole('link').count() === 0, 'the reason became a link')
  await look(lin, 'decide-reason')

  // Lin asks back, Ada answers, each by a button; then Lin says no, and why.
  const comment = async (page, at, words) => {
    await press(at, 'Comment')
    await dialog(page).getByRole('textbox', { name: 'Comment' }).fill(words)
    await look(page, 'decide-comment')
    await press(dialog(page), 'Send')
    await dialog(page).waitFor({ state: 'detached' })
  }
  await comment(lin, message(lin, card), 'For what?')
  await told(ada, 'Ada', 'Lin Okafor says', 'For what?')
  const answer = message(ada, 'Lin Okafor says')
  await press(answer, 'Answer')
  await dialog(ada).getByRole('textbox', { name: 'Comment' }).fill('The release.')
  await press(dialog(ada), 'Send')
  await dialog(ada).waitFor({ state: 'detached' })
  await home(ada, 'What you asked for')
  await comment(ada, ada.getByRole('main'), 'On Saturday.')
  await told(lin, 'Lin', 'Ada Moreau says', 'The release.')
  await told(lin, 'Lin', 'Ada Moreau says', 'On Saturday.')
  await press(message(lin, card), 'Deny')
  await press(dialog(lin), 'Deny')
  await dialog(lin).getByText('Please complete this required field').waitFor()
  await dialog(lin).getByLabel('Why?').fill('Not on a Friday.')
  await look(lin, 'decide-deny')
  await press(dialog(lin), 'Deny')
  await told(lin, 'Lin', card, 'Denied by')
  expect(await message(lin, card).getByRole('button', { name: 'Approve' }).count() === 0, 'what is denied can still be approved')
  await messages(ada)
  await told(ada, 'Ada', 'Denied: @oncall', 'Not on a Friday.')
  await look(ada, 'denied')
  expect(!await isIn('ada'), 'Ada is in, and was denied')

  // In an emergency she is in at once; Lin hears of it, and says that it was right.
  await fill(ada, 'request @oncall 1h')
  await dialog(ada).getByLabel('Is it an emergency?').selectOption({ index: 0 })
  await look(ada, 'emergency-ask')
  await send(ada, 'All is down.')
  await eventually('Slack lists Ada', () => isIn('ada'))
  await told(lin, 'Lin', 'Emergency: Ada Moreau took @oncall', 'All is down.')
  await look(lin, 'emergency')
  await press(message(lin, 'Emergency: Ada Moreau took @oncall'), 'It was right')
  await dialog(lin).getByLabel('Was it an emergency?').selectOption({ label: 'Yes, it was right' })
  await look(lin, 'emergency-confirm')
  await press(dialog(lin), 'Confirm')
  await told(lin, 'Lin', 'Emergency: Ada Moreau took @oncall', 'confirmed it')

  // On the home tab she asks for more time, and gives it back.
  await home(ada, /\bmin left/)
  await press(ada.getByRole('main'), 'Extend')
  await dialog(ada).getByLabel('How much longer?').selectOption('2 hours')
  await press(dialog(ada), 'Extend')
  await dialog(ada).getByText('More time has to be approved').waitFor()
  await press(dialog(ada), 'Close')
  await home(lin, 'Waits for you')
  await look(lin, 'home-decide')
  await press(lin.getByRole('main'), 'Approve')
  await home(ada, /\b2 h 5\d min left/)
  await press(ada.getByRole('main'), 'End access')
  await look(ada, 'home-end')
  await press(ada.getByRole('dialog', { name: 'End access' }), 'End access')
  await eventually('Slack lists Ada no more', async () => !await isIn('ada'))

  // What begins later is approved by policy and waits for its hour.
  await messages(ada)
  await ada.getByLabel('/ebb').fill('request #incident-room 1h')
  await press(ada.getByRole('main'), 'Send')
  const tomorrow = new Date(Date.now() + 24 * 3600 * 1000).toISOString().slice(0, 11) + '09:00'
  await dialog(ada).getByLabel('Start later?').fill(tomorrow)
  await press(dialog(ada), 'Continue')
  await dialog(ada).getByText('policy approves it at once').waitFor()
  await look(ada, 'start-later')
  await send(ada, 'The rehearsal.')
  await home(ada, /from tomorrow at 09:00/)
  await look(ada, 'home-later')
}

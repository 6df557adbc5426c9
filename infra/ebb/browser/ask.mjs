// Access from asking to its end, all of it in Slack: Ada asks, somebody who may not
// decide presses in vain, Lin approves with a click, Ada has it, gets more time, and
// gives it back. Each step is held against what people see and against Slack's own
// list of members.
export default async function ({ window, person, look, ebb, slack, eventually, expect }) {
  const { usergroups } = await slack('usergroups.list')
  const id = (handle) => usergroups.find((g) => g.handle === handle).id
  const people = (await slack('users.list')).members
  const account = (name) => people.find((p) => p.name === name).id
  const oncall = async () => (await slack('usergroups.users.list', { usergroup: id('oncall') })).users
  const leads = (...names) => slack('usergroups.users.update', { usergroup: id('sre-leads'), users: names.map(account).join() })
  const isIn = async (name) => (await oncall()).includes(account(name))

  const as = async (name) => {
    const page = await person()
    await page.goto(window + account(name))
    return page
  }
  // message is the last one that says a text; it is waited for.
  const message = (page, ...texts) => texts.reduce((l, t) => l.filter({ hasText: t }), page.getByRole('main').getByRole('listitem')).last()
  const told = (page, who, ...texts) => eventually(`${who} is told: ${texts.join(' ... ')}`, async () => {
    await page.getByRole('link', { name: 'Look again' }).click()
    return await message(page, ...texts).count() > 0
  })
  const press = (at, button) => at.getByRole('button', { name: button, exact: true }).click()

  // Sam and Kit decide beside Lin for now.
  await leads('lin', 'sam', 'kit')
  const before = await oncall()
  expect(!before.includes(account('ada')), 'Ada is on call before she asks')

  // She finds the group by typing, and reads what policy will do before she sends.
  const ada = await as('ada')
  await ada.getByLabel('/ebb').fill('')
  await press(ada.getByRole('main'), 'Send')
  const form = ada.getByRole('dialog')
  await form.getByRole('heading', { name: 'Request access' }).waitFor()
  await form.getByLabel('Find').fill('onc')
  await press(form, 'Find')
  await form.getByLabel('What do you need?').selectOption({ label: '@oncall' })
  await look(ada, 'ask-form')

  // What policy refuses stands at its field.
  await form.getByLabel('For how long?').selectOption('3 days')
  await press(form, 'Continue')
  await form.getByText('rule "on-call" allows at most 8h').waitFor()
  expect(await form.getByLabel('For how long?').getAttribute('aria-invalid') === 'true', 'three days are not refused at the length')
  await look(ada, 'ask-refused')
  await form.getByLabel('For how long?').selectOption('2 hours')
  await press(form, 'Continue')
  await form.getByRole('heading', { name: 'Is this right?' }).waitFor()
  for (const said of ['needs @sre-leads', 'at most 8 hours', 'ends by itself']) {
    expect(await form.getByText(said).count() > 0, `the form does not say: ${said}`)
  }
  await form.getByLabel('Why?').fill('The database is slow, and Kit asked me to look.')
  await look(ada, 'ask-policy')
  await press(form, 'Send request')
  await form.getByText('waits for @sre-leads').waitFor()
  await look(ada, 'ask-sent')
  await press(form, 'Close')
  expect(!await isIn('ada'), 'Ada is in before anybody approved')

  // All three are asked, and each sees who wants what and why.
  const [lin, sam, kit] = [await as('lin'), await as('sam'), await as('kit')]
  const card = 'Ada Moreau asks for @oncall'
  for (const [page, name] of [[lin, 'Lin'], [sam, 'Sam'], [kit, 'Kit']]) await told(page, name, card)
  expect(await message(lin, card).getByText('The database is slow').count() > 0, 'Lin does not see why')
  await look(lin, 'approve')

  // Kit leads no more, and presses what still stands there.
  await leads('lin', 'sam')
  await eventually('Ebb knows that Kit leads no more', () => !ebb('admin', 'policy', 'explain', '--who', 'ada', '--what', '@oncall', '--for', '2h').includes('Kit'))
  await press(message(kit, card), 'Approve')
  await told(kit, 'Kit', 'Only visible to you', 'You cannot decide this')
  await look(kit, 'approve-refused')
  expect(!await isIn('ada'), 'a click of somebody who may not decide let Ada in')

  // Lin's click lets her in, and everybody sees whose it was.
  await press(message(lin, card), 'Approve')
  await eventually('Slack lists Ada', () => isIn('ada'))
  for (const [page, name] of [[lin, 'Lin'], [sam, 'Sam'], [kit, 'Kit']]) {
    await told(page, name, card, 'Approved by', 'Lin Okafor') // policy's words are there before
    expect(await message(page, card).getByRole('button', { name: 'Approve' }).count() === 0, `${name} can still approve`)
  }
  await look(lin, 'approved')
  await told(ada, 'Ada', 'Approved: @oncall', 'Lin Okafor')
  await told(ada, 'Ada', 'You have @oncall', 'ends by itself')
  await look(ada, 'given')

  // More time is asked of the same people; the home tab shows it all.
  await press(message(ada, 'You have @oncall'), 'Extend')
  await form.getByRole('heading', { name: 'More time' }).waitFor()
  await form.getByLabel('How much longer?').selectOption('1 hour')
  await look(ada, 'extend')
  await press(form, 'Extend')
  await form.getByText('More time has to be approved').waitFor()
  await press(form, 'Close')
  const home = async (page, text) => eventually(`the home tab shows: ${text}`, async () => {
    await press(page.getByRole('main'), 'Home')
    return await page.getByText(text).count() > 0
  })
  await home(ada, 'What you asked for')
  await look(ada, 'home')
  await home(lin, 'Waits for you')
  await press(lin.getByRole('main'), 'Approve')
  await home(ada, /\b2 h 5\d min left/)
  expect(await isIn('ada'), 'Ada went while she got more time')

  // She gives it back; whoever was in before still is.
  await press(ada.getByRole('main'), 'End access')
  await press(ada.getByRole('dialog', { name: 'End access' }), 'End access')
  await eventually('Slack lists Ada no more', async () => !await isIn('ada'))
  const after = await oncall()
  expect(after.join() === before.join(), `on call were ${before}, and now are ${after}`)
  await ada.getByRole('link', { name: 'Messages' }).click()
  await told(ada, 'Ada', '@oncall ended', 'You ended it')
  await look(ada, 'ended')
}

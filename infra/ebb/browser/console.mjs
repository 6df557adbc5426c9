// The console from both sides: the first administrator comes by the link, looks at
// the connector and syncs it before their eyes; Ada asks with scripts, and once more
// by keyboard alone; Lin decides without any script; what Slack lists is held
// against it.
export default async function ({ house, link, person, look, slack, eventually, expect }) {
  const { usergroups } = await slack('usergroups.list')
  const id = (handle) => usergroups.find((g) => g.handle === handle).id
  const account = (await slack('users.list')).members.reduce((all, p) => ({ ...all, [p.name]: p.id }), {})
  const isIn = async (name) => (await slack('usergroups.users.list', { usergroup: id('oncall') })).users.includes(account[name])
  const path = (page) => new URL(page.url()).pathname
  const see = (page, name, options) => look(page, `console-${name}`, { dark: true, ...options })
  const press = (at, name) => at.getByRole('button', { name, exact: true }).click()
  const heading = (page, name) => page.getByRole('heading', { name, exact: true, level: 1 }).waitFor()

  // Sign in with Slack: the simulated one asks who one is.
  const as = async (name, options) => {
    const page = await person(options)
    await page.goto(house)
    await page.getByRole('link', { name: 'Sign in with Slack' }).click()
    await page.locator('form', { hasText: name }).getByRole('button', { name: 'Allow' }).click()
    await heading(page, 'My access')
    return page
  }

  // The link that the house printed makes the first administrator, once.
  const root = await person()
  await root.goto(link)
  await see(root, 'first')
  await press(root.getByRole('main'), 'Sign in')
  await heading(root, 'My access')
  await root.goto(house + 'integrations')
  await see(root, 'integrations')
  await root.goto(house + 'integrations/new?kind=application')
  await see(root, 'integration-new')
  await root.goto(house + 'integrations')
  await root.getByRole('link', { name: 'Umbra HQ' }).click()
  await see(root, 'integration')
  await press(root, 'Sync now')
  await root.getByText('A sync has begun.').waitFor()
  // The label moves without anybody loading the page again.
  await root.locator('#state').getByText('Connected', { exact: true }).waitFor()

  const second = await person()
  await second.goto(link)
  await second.getByText('not known, was used, or is older').waitFor()

  // Ada finds what she needs as she types, and is told what policy says at its field.
  const ada = await as('Ada Moreau')
  await see(ada, 'home-empty')
  await ada.getByRole('link', { name: 'Request access' }).click()
  await ada.getByLabel('What do you need?').pressSequentially('onc')
  await ada.getByLabel('@oncall').check()
  await ada.getByLabel('For how long?').selectOption('3 days')
  await press(ada, 'Continue')
  await ada.getByText('allows at most 8h').waitFor()
  expect(await ada.getByLabel('For how long?').getAttribute('aria-invalid') === 'true', 'three days are not refused at the length')
  await see(ada, 'ask')
  await ada.getByLabel('For how long?').selectOption('2 hours')
  await press(ada, 'Continue')
  await heading(ada, 'Is this right?')
  await ada.getByText('Needs @sre-leads').waitFor()
  await ada.getByLabel('Why?').fill('The database is slow, and Kit asked me to look.')
  await see(ada, 'check')
  await press(ada, 'Send request')
  await heading(ada, 'Ada Moreau asks for @oncall')
  expect(await ada.getByRole('button', { name: 'Approve' }).count() === 0, 'Ada is offered to approve what she asks for')
  const request = path(ada)

  // Lin has no scripts, and decides all the same.
  const looks = await as('Lin Okafor') // axe is a script itself
  await looks.goto(house + 'tasks')
  await see(looks, 'tasks')
  const lin = await as('Lin Okafor', { script: false })
  await lin.goto(house + 'tasks')
  await lin.getByLabel('Ada Moreau: @oncall').check()
  await press(lin, 'Approve the ticked')
  await lin.getByText('1 request approved.').waitFor()
  await eventually('Slack lists Ada', () => isIn('ada'))
  await eventually('Ada sees what she has', async () => {
    await ada.goto(house)
    return await ada.getByText(/1 h 5\d min left/).count() > 0
  })
  await see(ada, 'home')

  // Others' things are not there.
  const kit = await as('Kit ')
  await kit.goto(house + request.slice(1))
  await heading(kit, 'Not here')
  await see(kit, 'not-here')

  // More time needs Lin again; the timeline shows it.
  await ada.getByRole('link', { name: '@oncall' }).click()
  await see(ada, 'grant')
  await ada.getByLabel('By').selectOption('1 hour')
  await press(ada, 'Extend')
  await ada.getByText('More time needs an approval').waitFor()
  await lin.goto(house + path(ada).slice(1))
  await looks.goto(house + path(ada).slice(1))
  await see(looks, 'request')
  await press(lin, 'Approve')
  await lin.getByText('Approved by Lin Okafor').waitFor()
  await root.goto(house + 'grants')
  await root.getByRole('img', { name: /1 grant over time/ }).waitFor()
  await see(root, 'grants')

  // Ada gives it back, and asks anew with nothing but keys.
  await ada.goto(house)
  await press(ada, 'End access')
  await ada.getByText('The access ends now.').waitFor()
  await eventually('Slack lists Ada no more', async () => !await isIn('ada'))
  const tabTo = async (what) => {
    for (let n = 0; n < 80; n++) {
      if (await what.evaluate((e) => e === document.activeElement)) return
      await ada.keyboard.press('Tab')
    }
    throw new Error(`no way by keys to ${what}`)
  }
  await ada.goto(house)
  await ada.keyboard.press('Tab')
  await tabTo(ada.getByRole('link', { name: 'Skip to content' }))
  await ada.keyboard.press('Enter')
  await tabTo(ada.getByRole('link', { name: 'Request access' }))
  await ada.keyboard.press('Enter')
  await heading(ada, 'Request access')
  await tabTo(ada.getByLabel('What do you need?'))
  await ada.keyboard.type('onc')
  await ada.locator('#found legend', { hasText: 'onc' }).waitFor()
  await tabTo(ada.getByLabel('@oncall'))
  await ada.keyboard.press('Space')
  await tabTo(ada.getByRole('button', { name: 'Continue' }))
  await ada.keyboard.press('Enter')
  await heading(ada, 'Is this right?')
  await tabTo(ada.getByLabel('Why?'))
  await ada.keyboard.type('by keys')
  await tabTo(ada.getByRole('button', { name: 'Send request' }))
  await ada.keyboard.press('Enter')
  await heading(ada, 'Ada Moreau asks for @oncall')
  await ada.goto(house + 'requests')
  await see(ada, 'requests')

  // Signing out is over for good.
  await press(ada, 'Sign out')
  await ada.goto(house + 'grants')
  expect(path(ada) === '/signin', `after signing out: ${ada.url()}`)
}

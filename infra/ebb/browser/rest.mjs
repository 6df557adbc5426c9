// What the other journeys pass by. With nothing but keys: Lin approves, Ada gives back
// what she has, the administrator accepts a finding. Then the pages that nobody comes
// by there: a policy that is wrong, waits, is compared and explained; names that mean
// several; a kill that was pressed, without any script; owners by a file, an
// installation that was declined, a task by hand.
export default async function ({ house, link, person, look, ebb, slack, eventually, expect }) {
  const { usergroups } = await slack('usergroups.list')
  const oncall = usergroups.find((g) => g.handle === 'oncall').id
  const account = (await slack('users.list')).members.reduce((all, p) => ({ ...all, [p.name]: p.id }), {})
  const members = async () => (await slack('usergroups.users.list', { usergroup: oncall })).users
  const see = (page, name) => look(page, `rest-${name}`, { dark: true })
  const press = (at, name) => at.getByRole('button', { name, exact: true }).click()
  const heading = (page, name) => page.getByRole('heading', { name, level: 1 }).waitFor()

  const as = async (name, options) => {
    const page = await person(options)
    await page.goto(house)
    await page.getByRole('link', { name: 'Sign in with Slack' }).click()
    await page.locator('form', { hasText: name }).getByRole('button', { name: 'Allow' }).click()
    await heading(page, 'My access')
    return page
  }
  // keyed goes to something by Tab alone, and presses a key there.
  const keyed = async (page, what, key = 'Enter') => {
    await what.waitFor()
    for (let n = 0; n < 120; n++) {
      if (await what.evaluate((e) => e === document.activeElement)) return page.keyboard.press(key)
      await page.keyboard.press('Tab')
    }
    throw new Error(`no way by keys to ${what}`)
  }

  const root = await person()
  await root.goto(house)
  await see(root, 'signin')
  await root.goto(link)
  await press(root.getByRole('main'), 'Sign in')
  await heading(root, 'My access')

  // Lin approves by keys.
  ebb('ada', 'request', '@oncall', '--for', '2h', '--why', 'the database is slow')
  let lin = await as('Lin Okafor')
  await keyed(lin, lin.getByRole('link', { name: /^Tasks/ }))
  await heading(lin, 'Tasks')
  await keyed(lin, lin.getByRole('main').getByRole('link', { name: /@oncall/ }).first())
  await heading(lin, 'Ada Moreau asks for @oncall')
  await keyed(lin, lin.getByRole('button', { name: 'Approve', exact: true }))
  await lin.getByText('Approved by Lin Okafor').waitFor()
  await eventually('Slack lists Ada', async () => (await members()).includes(account.ada))

  // Ada gives it back by keys.
  const ada = await as('Ada Moreau')
  await eventually('Ada sees what she has', async () => {
    await ada.goto(house)
    return await ada.getByRole('button', { name: 'End access' }).count() > 0
  })
  await keyed(ada, ada.getByRole('button', { name: 'End access' }))
  await ada.getByText('The access ends now.').waitFor()
  await eventually('Slack lists Ada no more', async () => !(await members()).includes(account.ada))

  // The administrator accepts a finding by keys.
  await slack('usergroups.users.update', { usergroup: oncall, users: [...await members(), account.lin].join() })
  const found = root.getByRole('row', { name: /Lin Okafor/ })
  await eventually('the change is found', async () => {
    await root.goto(house + 'findings')
    return await found.count() > 0
  })
  await keyed(root, found.getByRole('link').first())
  await root.getByText('What is to become of it?').waitFor()
  await keyed(root, root.getByLabel('For', { exact: true }), 'ArrowDown')
  await keyed(root, root.getByLabel('Why').first(), 'b')
  await root.keyboard.type('y keys')
  await keyed(root, root.getByRole('button', { name: 'Accept until then' }))
  await root.getByText(/accepted/i).first().waitFor()
  await see(root, 'finding-accepted')
  expect((await members()).includes(account.lin), 'what was accepted is taken away')

  // A policy that is wrong, what it would change, and what policy says of somebody.
  await root.goto(house + 'policies')
  const document = root.getByLabel('Policy, in YAML')
  const inForce = await document.inputValue()
  await document.fill('version: 1\nrules: [{id: x}]')
  await press(root, 'Check, and say what would change')
  await root.getByRole('heading', { name: 'What was found' }).waitFor()
  await see(root, 'policies-wrong')
  const team = (await slack('auth.test')).team_id
  const next = `${inForce}
  - id: admins
    resources: {kind: workspace, ids: [${team}]}
    entitlement: admin
    requesters: {anyone: true}
    max: 4h
    approve: auto
`
  await document.fill(next)
  await press(root, 'Publish')
  await root.getByText('Version 2 is in force.').first().waitFor()
  await root.getByRole('link', { name: 'compare version 2 with the one before' }).click()
  await heading(root, 'Version 2')
  await see(root, 'policy-diff')
  await root.goto(house + 'policies/explain')
  await root.getByLabel('Who would ask?').fill('ada')
  await root.getByLabel('For what?').fill('oncall')
  await press(root, 'Ask the policy')
  await root.getByRole('heading', { name: /^Yes: Ada Moreau/ }).waitFor()
  await see(root, 'policy-explain')

  // Nobody widens their own rights alone: Lin's policy waits for the administrator.
  await root.goto(house + 'users?q=lin')
  await root.getByRole('link', { name: 'Lin Okafor' }).first().click()
  await root.getByLabel(/^super administrator/i).check()
  await press(root, 'Save')
  lin = await as('Lin Okafor')
  await lin.goto(house + 'policies')
  await lin.getByLabel('Policy, in YAML').fill(next.replace('max: 8h', 'max: 12h'))
  await press(lin, 'Publish')
  await lin.getByRole('heading', { name: 'Waits for somebody else' }).waitFor()
  await see(lin, 'policies-waits')
  await root.goto(house + 'policies')
  await root.getByRole('link', { name: 'What would change' }).click()
  await heading(root, 'A policy that waits')
  await root.getByText('+ max: 12h').or(root.locator('ins', { hasText: 'max: 12h' })).first().waitFor()
  await see(root, 'policy-draft')
  await press(root, 'Confirm: put it in force')
  await root.getByText('Version 3 is in force').first().waitFor()

  // The audit by names: several that fit, one, and all of it verified.
  await root.goto(house + 'audit')
  await root.getByLabel('Person').pressSequentially('Lin Ok')
  await root.locator('#near').getByRole('link', { name: 'Lin Okafor' }).waitFor()
  await press(root, 'Search')
  await root.getByText('Choose below').waitFor()
  await see(root, 'audit-near')
  await root.locator('#near').getByRole('link', { name: 'Lin Okafor' }).click()
  await root.getByText(/Of Lin Okafor/).waitFor()
  await see(root, 'audit-person')
  await press(root, 'Verify the whole trail')
  await root.getByText('Nothing was changed, is missing or out of order').waitFor()
  await see(root, 'audit-verified')

  // Without any script: a name that means nobody, and a kill that is pressed.
  ebb('ada', 'request', '#incident-room', '--for', '1h', '--why', 'the same')
  const plain = await as('Lin Okafor', { script: false })
  await plain.goto(house + 'policies/explain?who=ada&what=oncall&length=1h')
  await plain.getByRole('heading', { name: /^Yes: Ada Moreau/ }).waitFor()
  await plain.goto(house + 'freeze')
  await plain.getByLabel('A person, here').fill('ada mor')
  await press(plain, 'See what would end')
  await plain.getByText('Choose below').waitFor()
  await plain.getByRole('link', { name: 'Ada Moreau' }).click()
  await plain.getByText('Nothing has ended yet').waitFor()
  await plain.getByLabel('Why?').fill('a drill')
  await press(plain, 'End 1 grant now')
  await plain.getByText('Pressed').first().waitFor()
  await root.goto(plain.url())
  await heading(root, /^Kill switch/)
  await see(root, 'killed')
  await root.goto(house + 'freeze')
  await see(root, 'freeze-pressed')

  // Owners by a file, one line of it wrong.
  await root.goto(house + 'resources/owners')
  await root.getByLabel('Or its text').fill('resource,owners\n@oncall,ada\n@nonesuch,ada\n')
  await press(root, 'Show what it would change')
  await root.getByRole('heading', { name: 'What it would do' }).waitFor()
  await see(root, 'owners-preview')

  // An installation that is declined at Slack's page.
  await root.goto(house + 'integrations/new?kind=application')
  await root.getByLabel('Name of the connector').fill('Second')
  await root.getByLabel('No, with Slack itself').check()
  await press(root, 'Create and add details')
  await heading(root, /Second/)
  await see(root, 'integration-details')
  await press(root, 'Install with Slack')
  await heading(root, 'Install with Slack')
  await see(root, 'install')
  await root.getByRole('link', { name: 'Continue to Slack' }).click()
  await root.getByRole('button', { name: /Cancel|Deny/ }).first().click()
  await root.getByText('declined').waitFor()
  await see(root, 'install-declined')

  // What no API does stands with its steps.
  ebb('ada', 'request', team, '--entitlement', 'admin', '--for', '1h', '--why', 'a new channel')
  await eventually('there is something to do by hand', async () => {
    await root.goto(house + 'manual?all=1')
    return await root.getByRole('link', { name: /Ada Moreau/ }).count() > 0
  })
  await root.getByRole('link', { name: /Ada Moreau/ }).first().click()
  await root.getByRole('heading', { name: 'What to do' }).waitFor()
  await see(root, 'manual')
}

// What an administrator and an auditor do in the console: look people up both ways,
// find what Slack changed behind Ebb's back and take it away, make a key, freeze,
// kill, search the audit. Every page is held against axe in both colours.
export default async function ({ house, link, person, look, slack, eventually, expect }) {
  const { usergroups } = await slack('usergroups.list')
  const oncall = usergroups.find((g) => g.handle === 'oncall').id
  const account = (await slack('users.list')).members.reduce((all, p) => ({ ...all, [p.name]: p.id }), {})
  const members = async () => (await slack('usergroups.users.list', { usergroup: oncall })).users
  const see = (page, name) => look(page, `admin-${name}`, { dark: true })
  const press = (at, name) => at.getByRole('button', { name, exact: true }).click()

  const root = await person()
  await root.goto(link)
  await press(root.getByRole('main'), 'Sign in')
  const go = async (path, name) => {
    await root.goto(house + path)
    await root.getByRole('heading', { level: 1 }).waitFor()
    if (name) await see(root, name)
  }

  // Both ways through the directory: a person and what they hold, a group and who holds it.
  await go('directory', 'accounts')
  await root.getByRole('searchbox').pressSequentially('morea')
  await root.locator('#found').getByRole('link', { name: 'Ada Moreau' }).click()
  await root.getByRole('heading', { name: 'Holds' }).waitFor()
  await see(root, 'account')
  await go('resources', 'resources')
  await go('resources?q=oncall')
  await root.getByRole('link', { name: '@oncall' }).click()
  await root.getByRole('heading', { level: 1 }).waitFor()
  await see(root, 'resource')
  await go('resources/owners', 'owners-file')

  // Somebody adds Ada by hand: a finding, which is removed by a person's word.
  const before = await members()
  await slack('usergroups.users.update', { usergroup: oncall, users: [...before, account.ada].join() })
  const found = root.getByRole('row', { name: /Ada Moreau/ })
  await eventually('the change is found', async () => {
    await go('findings')
    return await found.count() > 0
  })
  await see(root, 'findings')
  await found.getByRole('link').first().click()
  await root.getByText('What is to become of it?').waitFor()
  await see(root, 'finding')
  await root.getByRole('link', { name: 'Remove…' }).click()
  await see(root, 'finding-remove')
  await root.getByRole('main').getByRole('button').last().click()
  await eventually('Slack lists Ada no more', async () => !(await members()).includes(account.ada))
  expect((await members()).join() === before.join(), 'somebody else went with Ada')

  // Policies and the audit.
  await go('policies', 'policies')
  await go('audit', 'audit')

  // A key is shown once.
  await go('keys')
  await root.getByLabel('What it is for').fill('a script')
  await press(root, 'Make it')
  await root.getByLabel('The new key').waitFor()
  await see(root, 'key')
  await go('keys')
  expect(await root.getByLabel('The new key').count() === 0, 'a key is shown twice')
  await go('users', 'users')
  await root.getByRole('main').getByRole('link', { name: 'Ada Moreau' }).click()
  await see(root, 'user')

  // While the house is frozen every page says so.
  await go('freeze', 'freeze')
  await root.getByLabel('Why?').first().fill('a drill')
  await press(root, 'Freeze new access')
  await go('grants')
  await root.getByText('Frozen:').waitFor()
  await see(root, 'frozen')
  await go('freeze')
  await press(root, 'Lift the freeze')
  await root.getByText('Nothing is frozen.').waitFor()
  await root.getByLabel('A user group or channel').pressSequentially('onca')
  await root.locator('#kill-near').getByRole('link', { name: '@oncall' }).waitFor()
  await see(root, 'kill-typing')
  await root.getByLabel('A person, here').fill('nobody-of-this-name')
  await root.getByRole('button', { name: 'See what would end' }).click()
  await root.getByText('No person that you may see').waitFor()
  await see(root, 'kill-nobody')
  await root.getByLabel('A person, here').fill('')
  await root.getByLabel('A user group or channel').fill('@oncall')
  await root.getByRole('button', { name: 'See what would end' }).click()
  await root.getByText('Nothing has ended yet').waitFor()
  await see(root, 'kill')
}

// From the page where one signs in to the simulated Slack: choose a person, see their
// conversations, come back.
export default async function ({ house, person, look, expect }) {
  const page = await person()
  await page.goto(house)
  await look(page, 'signin', { dark: true })
  await page.getByRole('link', { name: 'See it as one of its people' }).click()
  await page.getByRole('heading', { name: 'Simulated Slack' }).waitFor()
  await page.getByLabel('Name').fill('Moreau')
  await page.getByRole('button', { name: 'Find' }).click()
  await look(page, 'window-people')
  await page.getByRole('link', { name: 'Ada Moreau' }).click()
  await page.getByRole('heading', { name: 'Ada Moreau' }).waitFor()
  const channels = page.getByRole('navigation', { name: 'Conversations' }).getByRole('link')
  expect(await channels.count() > 0, 'Ada sees no conversation')
  await look(page, 'window-ada')
  const channel = channels.nth(1) // the first is Ebb
  const heading = (name) => page.getByRole('main').getByRole('heading', { name, exact: true }).waitFor()
  const name = (await channel.locator('.name').innerText()).trim()
  await channel.click()
  await heading(name)
  await look(page, 'window-channel')
  await page.getByRole('button', { name: 'Request access' }).click() // the app's shortcut
  const form = page.getByRole('dialog', { name: 'Request access' })
  await form.getByLabel('What do you need?').waitFor()
  await form.getByRole('button', { name: 'Cancel' }).click()
  await form.waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Ebb', exact: true }).click()
  await heading('Ebb')
  await page.getByRole('button', { name: 'Home', exact: true }).click()
  await heading('What you have')
  await look(page, 'window-home')
}

// From the house's page to the simulated Slack: choose a person, see their
// conversations, come back.
export default async function ({ house, person, look, expect }) {
  const page = await person()
  await page.goto(house)
  await look(page, 'house', ['meta-refresh']) // it shows the time that is left, without JavaScript
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
  await channels.nth(1).click() // the first is Ebb
  await look(page, 'window-channel')
  await page.getByRole('link', { name: 'Ebb', exact: true }).click()
  await page.getByRole('button', { name: 'Home', exact: true }).click()
  await look(page, 'window-home')
}

// The page of ebb report: read from the top, from what to look at first to its list,
// and printed.
export default async function ({ report, person, look, expect }) {
  const page = await person()
  await page.goto(report('--example'))
  await page.getByRole('heading', { level: 1, name: 'Umbra HQ' }).waitFor()
  await look(page, 'report')

  const first = page.getByRole('region', { name: 'Look at this first' }).getByRole('link')
  expect(await first.count() > 0, 'there is nothing to look at first')
  const [count] = (await first.first().innerText()).match(/^[0-9,]+/)
  expect(Number(count) > 0, `the first thing to look at counts ${count}`)
  await first.first().click()
  expect(/#[a-z-]+$/.test(page.url()), 'what to look at first leads nowhere')
  const guests = page.getByRole('region', { name: /^Guests/ })
  const told = await guests.getByRole('heading').locator('.count').innerText()
  expect(await guests.getByRole('row').count() === Number(told) + 1, `the heading tells ${told} guests, and the table others`)
  expect(await page.getByText('Not shown:').count() > 0, 'nothing is said of what a token does not show')

  await page.emulateMedia({ media: 'print' })
  expect(!await page.getByRole('navigation').isVisible(), 'the list of sections is printed')
  expect(await guests.isVisible(), 'the guests are not printed')
}

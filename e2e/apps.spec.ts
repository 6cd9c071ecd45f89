import { randomUUID } from 'node:crypto'
import { button, expect, expectRefused, field, heading, link, notice, test } from './support.ts'

test('an operator puts an app behind the gate, is told which line is wrong, changes it and takes it away', async ({
  page,
  withTwoFactor,
  latchkey,
}) => {
  await latchkey('operator', 'add', withTwoFactor.email)
  const name = `photos-${randomUUID().slice(0, 8)}`
  await page.goto('/operate/apps')
  await link(page, 'Add an App').click()
  await field(page, 'Name').fill(name)
  await field(page, 'Hosts').fill(`*.example.test\n${name}.example.test`)
  await field(page, 'Paths with rules of their own').fill('/admin/ second_factor 15m')
  await button(page, 'Add an App').click()
  await expectRefused(field(page, 'Hosts'), /“\*\.example\.test” has a \* in it/)
  await expect(field(page, 'Paths with rules of their own')).toHaveValue('/admin/ second_factor 15m')
  await field(page, 'Hosts').fill(`${name}.example.test`)
  await button(page, 'Add an App').click()
  await expect(heading(page, name)).toBeVisible()
  await expect(notice(page, 'The app is behind the gate.')).toBeVisible()
  expect(await latchkey('app', 'show', name)).toContain('path      /admin/ second_factor 15m')

  await link(page, 'Change App').click()
  await field(page, 'Title').fill(`Photos of ${name}`)
  await button(page, 'Save').click()
  await expect(heading(page, `Photos of ${name}`)).toBeVisible()

  await link(page, 'Delete App').click()
  await button(page, 'Delete App').click()
  await expectRefused(field(page, 'Reason'), /Say why\.$/)
  await field(page, 'Reason').fill('It moved')
  await button(page, 'Delete App').click()
  await expect(notice(page, 'The app is deleted. Nobody comes to its hosts.')).toBeVisible()
})

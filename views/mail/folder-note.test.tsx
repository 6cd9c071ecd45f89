import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { latchkey } from '#testing/index.ts'
import { FolderNote } from './folder-note.tsx'

const note = (delivery: { configured: boolean; folder: string | undefined }) => String(FolderNote({ delivery }) ?? '')

describe('where mails are', () => {
  test('is said on a developer’s own machine, and nowhere else is a folder of the server on a page', async (t) => {
    const folderAt = async (baseUrl: string) => {
      const product = await latchkey({ baseUrl, mailFolder: '/srv/latchkey/mail' })
      t.after(product.close)
      return product.deps.mailDelivery.folder
    }
    for (const baseUrl of ['http://localhost:3000', 'http://127.0.0.1:8080', 'http://[::1]:3000'])
      assert.equal(await folderAt(baseUrl), '/srv/latchkey/mail', baseUrl)
    for (const baseUrl of ['https://accounts.example.com', 'https://localhost', 'http://accounts.example.com'])
      assert.equal(await folderAt(baseUrl), undefined, baseUrl)
  })

  test('is a folder where there is one to say, else that the site can’t send mail; with a mail server it is nothing', () => {
    assert.match(note({ configured: false, folder: 'data/mail' }), /are files in the folder .*data\/mail/)
    assert.match(note({ configured: false, folder: undefined }), /can&#39;t send email yet\. Ask the people who run it/)
    assert.equal(note({ configured: true, folder: 'data/mail' }), '')
  })
})

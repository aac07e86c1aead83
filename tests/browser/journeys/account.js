// Somebody guards the account with a second factor, and signs in with it.
'use strict';
const { createHmac } = require('crypto');

// RFC 6238 over the secret as the page shows it (base32).
function code(secret, at = Date.now()) {
    const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
    const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
    const count = Buffer.alloc(8);
    count.writeBigUInt64BE(BigInt(Math.floor(at / 30000)));
    const mac = createHmac('sha1', key).update(count).digest();
    return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1e6).padStart(6, '0');
}

module.exports = async ({ assert, somebody, test, picture, follow }) => {
    const page = await somebody('editor_food');
    const second = page.locator('section.card', { has: page.locator('form[action^="/account/second"]') });
    let secret;

    await test('account: a second factor is on after one code of it', page, async () => {
        await page.goto('/account');
        await follow(page.locator('form[action="/account/second/begin"] button'));
        secret = (await second.locator('.secret code').innerText()).trim();
        assert.match(secret, /^[A-Z2-7]{16,}$/);
        await page.fill('#code', '000000');
        await page.click('form[action="/account/second"] button[type=submit]');
        await page.waitForSelector('.alert-danger');
        await page.fill('#code', code(secret));
        await page.click('form[action="/account/second"] button[type=submit]');
        await page.waitForSelector('form[action="/account/second/off"]');
        await picture(page, 'account-second');
    });
    await test('account: the password alone opens nothing any more', page, async () => {
        const other = await somebody();
        await other.goto('/sign-in');
        await other.fill('#login', 'editor_food');
        await other.fill('#password', 'uncommon-Word-7');
        await other.click('.sign button[type=submit]');
        await other.waitForURL(/\/sign-in\/second/);
        await picture(other, 'sign-in-second');
        assert.equal((await other.context().request.get('/account', { maxRedirects: 0 })).status(), 303);
        await other.fill('#code', code(secret, Date.now() - 3600e3));
        await other.click('.sign button[type=submit]');
        await other.waitForSelector('.alert-danger');
        // the next code is taken: the last one has been used to switch it on
        await other.fill('#code', code(secret, Date.now() + 30000));
        await other.click('.sign button[type=submit]');
        await other.waitForURL((u) => !u.pathname.startsWith('/sign-in'));
        assert.match(await other.locator('.who-name').innerText(), /云岭食品技术部/);
        await other.context().close();
    });
    await test('account: it is taken off with the password', page, async () => {
        await page.goto('/account');
        await page.fill('#off-password', 'wrong-Word-7');
        await page.click('form[action="/account/second/off"] button');
        await second.locator('.alert-danger').waitFor();
        await page.fill('#off-password', 'uncommon-Word-7');
        await page.click('form[action="/account/second/off"] button');
        await page.waitForSelector('form[action="/account/second/begin"]');
    });
};

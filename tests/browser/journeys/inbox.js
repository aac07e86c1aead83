// What a broker has been told: without a script, by keyboard, on a phone; and how an administrator sets it up.
'use strict';

module.exports = async ({ assert, somebody, test, picture, follow }) => {
    const broker = await somebody('broker', { javaScriptEnabled: false });
    const count = async () => Number((await broker.locator('.bell-count').allInnerTexts())[0] ?? 0);
    let unread;

    await test('inbox: the bell counts, a notice leads to its record and is read', broker, async () => {
        await broker.goto('/');
        unread = await count();
        assert.ok(unread > 2, 'the sample has told the broker something');
        await follow(broker.locator('.bell'));
        assert.equal(await broker.locator('.inbox li.unread').count(), unread);
        await picture(broker, 'inbox');
        await follow(broker.locator('.inbox li.unread .inbox-text a').first());
        assert.match(new URL(broker.url()).pathname, /^\/[a-z]+\/\d+$/);
        assert.equal(await count(), unread - 1);
    });
    await test('inbox: one is marked, then all; the unread are none', broker, async () => {
        await broker.goto('/inbox?show=unread');
        assert.equal(await broker.locator('.inbox li').count(), unread - 1);
        await follow(broker.locator('.inbox li form button').first());
        assert.equal(await broker.locator('.inbox li').count(), unread - 2);
        await follow(broker.locator('form[action="/inbox/read"] button'));
        assert.equal(await broker.locator('.inbox li').count(), 0);
        assert.match(await broker.locator('.empty-title').innerText(), /没有未读/);
        assert.equal(await broker.locator('.bell-count').count(), 0);
        await follow(broker.locator('.tabs a >> nth=0'));
        assert.ok(await broker.locator('.inbox li').count() > 10);
    });
    await test('inbox: what goes where is chosen; a robot and quiet hours', broker, async () => {
        await broker.goto('/account/notices');
        assert.match(await broker.locator('main').innerText(), /还没有设置邮件服务器/);
        await broker.fill('#url-wecom', 'http://example.com/hook');
        await follow(broker.locator('form[action$="/robot/wecom"] button').first());
        assert.match(await broker.locator('.alert-danger').innerText(), /https/);
        await broker.fill('#url-wecom', 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0123456789abcdef');
        await follow(broker.locator('form[action$="/robot/wecom"] button').first());
        const text = await broker.content();
        assert.ok(text.includes('qyapi.weixin.qq.com/…cdef') && !text.includes('0123456789abcdef'));
        await broker.uncheck('input[name="on.due.wecom"]');
        await broker.fill('#quiet-from', '20:00');
        await broker.fill('#quiet-until', '08:00');
        await broker.click('form[action="/account/notices"] button[type=submit]');
        await broker.waitForSelector('.alert-success');
        assert.equal(await broker.isChecked('input[name="on.due.wecom"]'), false);
        assert.equal(await broker.isChecked('input[name="on.missed.wecom"]'), true);
        assert.equal(await broker.inputValue('#quiet-from'), '20:00');
        await picture(broker, 'notices', true);
        await follow(broker.locator('form[action$="/robot/wecom"] button[name=drop]'));
        assert.equal(await broker.locator('form[action$="/robot/wecom"] .mask').count(), 0);
    });
    await test('inbox: the site\'s mail server; a password in the open is refused', null, async () => {
        const admin = await somebody('admin');
        await admin.goto('/admin/notices');
        await admin.fill('#host', 'mail.example.edu.cn');
        await admin.fill('#from', 'qiao@example.edu.cn');
        await admin.fill('#user', 'qiao');
        await admin.fill('#mail-password', 'never-shown-1');
        await admin.selectOption('#security', 'none');
        await admin.click('form[action="/admin/notices"] button[type=submit]');
        await admin.waitForSelector('.alert-danger');
        assert.equal(await admin.inputValue('#host'), 'mail.example.edu.cn');
        await admin.fill('#mail-password', 'never-shown-1');
        await admin.selectOption('#security', 'tls');
        await admin.click('form[action="/admin/notices"] button[type=submit]');
        await admin.waitForSelector('.alert-success');
        assert.ok(!(await admin.content()).includes('never-shown-1'));
        await picture(admin, 'site-notices', true);
        await admin.fill('#host', '');
        await follow(admin.locator('form[action="/admin/notices"] button[type=submit]').first());
        assert.equal(await admin.locator('.alert-success').count(), 1);
    });
};

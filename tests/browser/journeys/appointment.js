// One professor, two employers: from the post to the renewal, and the day that would be given away twice.
'use strict';

const home = '示例理工大学', host = '临江示例新能源材料有限公司';

module.exports = async ({ assert, somebody, test, picture, follow: arrive }) => {
    const company = await somebody('editor_co'), school = await somebody('editor_univ'), broker = await somebody('broker');
    let post, application, appointment;
    const fill = async (page, fields) => {
        for (const [name, text] of Object.entries(fields)) await page.fill(`[name="${name}"]`, text);
    };
    const save = async (page) => {
        await page.click('.form-end button[type=submit]');
        await page.waitForSelector('.show-grid');
        return new URL(page.url()).pathname;
    };
    const step = async (page, at, action, fields = {}) => {
        await page.goto(at);
        await arrive(page.locator(`.page-actions form[action$="/step/${action}"] button, .page-actions a[href$="/step/${action}"]`));
        if (await page.locator('form.record-form').count()) {
            await fill(page, fields);
            await save(page);
        }
        await page.waitForSelector('.show-grid');
    };
    const state = (page) => page.locator('.page-head .state').first().innerText();
    const follow = async (page, at, kind) => {
        await page.goto(at);
        await page.locator('.page-actions details.fold summary').click();
        await page.click(`.page-actions .fold-menu a[href^="/${kind}/new"]`);
        await page.waitForSelector('form.record-form');
    };

    await test('appointment: a company offers a post together with a university', company, async () => {
        await company.goto('/position/new');
        await fill(company, { title: '干法电极首席工程师岗', home, host, count: '1', share: '30', duties: '牵头干法电极中试线工艺' });
        post = await save(company);
        await step(company, post, 'publish');
        assert.match(await state(company), /招聘中/);
    });
    await test('appointment: the university applies for one of its people', school, async () => {
        await follow(school, post, 'application');
        assert.match(await school.inputValue('[name=position]'), /干法电极首席工程师岗/);
        await fill(school, { person: '衡道中', statement: '主持过干法电极小试，愿每周到企业工作一天半。', share: '30' });
        application = await save(school);
        assert.equal((await company.goto(application)).status(), 404); // a draft stays at home
        await step(school, application, 'submit');
    });
    await test('appointment: the company invites and offers; the university cannot decide for it', company, async () => {
        await step(company, application, 'invite');
        assert.match(await state(company), /面试评议/);
        await step(company, application, 'offer', { interviewed: '2026-11-18', opinion: '同意聘用，先签两年' });
        await step(school, application, 'accept');
        assert.match(await state(school), /已接受/);
    });
    await test('appointment: it is made from the application, nothing typed twice', school, async () => {
        await follow(school, application, 'appointment');
        assert.match(await school.inputValue('[name=person]'), /衡道中/);
        assert.match(await school.inputValue('[name=position]'), /干法电极/);
        await fill(school, { home, host, start: '2027-01-01', end: '2028-12-31', home_share: '70', host_share: '30' });
        appointment = await save(school);
        assert.match(await school.locator('h1').innerText(), /衡道中.*×/);
    });
    await test('appointment: each side confirms itself', company, async () => {
        for (const page of [school, company]) {
            await page.goto(appointment);
            await arrive(page.locator('form[action$="/confirm"] button'));
        }
        assert.equal(await company.locator('form[action$="/confirm"]').count(), 0);
        assert.match(await state(company), /双方已确认/);
        await step(school, appointment, 'begin');
        assert.match(await state(school), /在聘/);
        await picture(school, 'appointment', true);
    });
    await test('appointment: two sessions give the same days away at once; one is told of the other', broker, async () => {
        const pages = [await somebody('broker'), await somebody('broker2')];
        for (const page of pages) {
            await page.goto('/appointment/new');
            await fill(page, { owner: home, person: '岳临风', home, host, start: '2027-03-01', end: '2027-12-31', home_share: '40', host_share: '20' });
        }
        await Promise.all(pages.map((page) => page.click('.form-end button[type=submit]')));
        await Promise.all(pages.map((page) => page.waitForSelector('.show-grid, .alert-danger')));
        const told = [];
        for (const page of pages) if (await page.locator('.alert-danger').count()) told.push(page);
        assert.equal(told.length, 1, 'one of the two');
        const words = await told[0].locator('main').innerText();
        assert.match(words, /岳临风.*×/);
        assert.match(words, /2027-03-01/);
        assert.match(words, /120/);
        assert.equal(await told[0].inputValue('[name=home_share]'), '40'); // what was typed is kept
        await picture(told[0], 'appointment-clash', true);
        for (const page of pages) await page.context().close();
    });
    await test('appointment: its assessment proposes the renewal, which is one press away', broker, async () => {
        await broker.goto('/assessment/new');
        await fill(broker, { owner: host, title: '聘期考核', subject: '#' + appointment.split('/').pop(), assessor: '周砚清', period: '2027', 'items.0.name': '中试线达产', 'items.0.weight': '100', 'items.0.score': '92' });
        await broker.selectOption('[name=proposal]', 'renew');
        const sheet = await save(broker);
        await step(broker, sheet, 'submit');
        await step(broker, sheet, 'confirm');
        await school.goto(appointment);
        await school.click('.assessed .card-actions a');
        await school.waitForSelector('form.record-form');
        await fill(school, { comment: '考核通过，续聘两年', end: '2030-12-31' });
        await save(school);
        assert.match(await school.locator('main').innerText(), /2030-12-31/);
        assert.match(await school.locator('.history').innerText(), /续聘/);
        assert.match(await state(school), /变更待确认/);
        assert.match(await school.locator('main').innerText(), /变更前的约定/);
        await picture(school, 'appointment-renewal', true);
    });
    await test('appointment: the other side turns the renewal back, and what was agreed stands again', company, async () => {
        await step(company, appointment, 'withdraw', { comment: '岗位任务有变，先不续' });
        assert.match(await state(company), /在聘/);
        assert.doesNotMatch(await company.locator('.show-main dl.fields').first().innerText(), /2030-12-31/);
        assert.match(await company.locator('.history').innerText(), /撤回变更[^]*岗位任务有变/);
        assert.equal(await company.locator('form[action$="/confirm"]').count(), 0); // both confirmations stand as they did
    });
    await test('appointment: renewed once more, it holds when both have confirmed', school, async () => {
        await step(school, appointment, 'renew', { comment: '任务已调整', end: '2029-12-31' });
        for (const page of [school, company]) {
            await page.goto(appointment);
            await arrive(page.locator('form[action$="/confirm"] button'));
        }
        assert.match(await state(company), /在聘/);
        assert.match(await company.locator('main').innerText(), /2029-12-31/);
    });
};

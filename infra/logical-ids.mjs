/** How the resources that our plugins make are called in the template, by the names in function.yml. */
export const roleId = (functionName) => `${inPascalCase(functionName)}Role`;
export const queueId = (name) => `${inPascalCase(name)}Queue`;
export const deadLettersId = (name) => `${inPascalCase(name)}DeadLetters`;

export const inPascalCase = (name) => name.replace(/(?:^|-)\w/g, (start) => start.slice(-1).toUpperCase());

export const arnOf = (id) => ({ "Fn::GetAtt": [id, "Arn"] });

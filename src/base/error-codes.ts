/**
 * Every way the product can say no. Each code has a sentence and an action in both languages
 * (`i18n/<language>/errors.json`, checked by a test). Parameters are named in the comment.
 */
export const ERROR_CODES = [
  'unexpected', // detail
  'cancelled',
  'stepNotDrawn', // detail
  'studioNotDrawn', // detail
  'pageNotFetched', // detail
  // reading
  'fileEmpty', // file
  'fileOnlyHeader', // file
  'fileBinary', // file
  'filePdf', // file
  'fileUnsupported', // file, format
  'fileTruncated', // file
  'fileDamaged', // file, detail
  'zipEncrypted', // file
  'zipTooLarge', // file, limitMb
  'zipNoTables', // file
  'fileTooLarge', // file, neededMb, limitMb
  'fieldTooLong', // file, line, limitKb
  'nothingPasted',
  'nothingDropped',
  // understanding
  'columnMissing', // role
  'ratingAmbiguous', // first, second
  'noLogTable',
  'noRowsKept', // rejected
  // too little to learn from
  'tooFewRatings', // count, needed
  'oneCustomer',
  'oneProduct',
  'allRatingsEqual', // value
  'tooPrivate', // entries, products
  'testFileGone', // file
  'nothingToTest',
  'noDescriptions',
  'noSequences',
  'noTrends',
  'nothingLeft',
  'tooFewToFold', // count, needed
  'cannotRepeat',
  // devices
  'deviceMissing', // device
  'deviceLost', // device
  'deviceFailedSelfTest', // device
  'deviceOutOfMemory', // device, neededMb
  'trainingOutOfMemory', // model, detail
  'modelTooLarge', // model, neededMb, mostMb
  'engineDied',
  'engineDiedUnsaved',
  'browserTooOld', // missing
  // models
  'modelMissing',
  'notTrained',
  'factorizationMissing',
  'spaceMissing',
  'tellsNobodyApart',
  'trainingDiverged', // model
  'searchFailed', // tried
  'unknownCustomer', // id
  'unknownProduct', // id
  // storage
  'storageFull', // neededMb
  'storageUnavailable',
  'projectDamaged',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];
